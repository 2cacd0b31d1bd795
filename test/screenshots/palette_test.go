package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"testing"
)

// TestCompact compares pictures before and after: flat areas are the same, everything else
// nearly.
func TestCompact(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	full := image.NewRGBA(image.Rect(0, 0, 300, 300))
	for y := range 300 {
		for x := range 300 {
			c := color.RGBA{20, 30, 40, 255} // flat
			switch {
			case x > 250: // a gradient of more than 256 colours
				c = color.RGBA{uint8(y), uint8(x), uint8(y / 2), 255}
			case x == y: // a thin line in a rare colour
				c = color.RGBA{255, 0, 0, 255}
			case x < 10:
				c = color.RGBA{20, 30, uint8(40 + rng.IntN(3)), 255}
			}
			full.SetRGBA(x, y, c)
		}
	}
	var before bytes.Buffer
	if err := png.Encode(&before, full); err != nil {
		t.Fatal(err)
	}
	after, err := compact(before.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	small, err := png.Decode(bytes.NewReader(after))
	if err != nil {
		t.Fatal(err)
	}
	if len(small.(*image.Paletted).Palette) > 256 {
		t.Error("too many colours")
	}
	worst := 0
	for y := range 300 {
		for x := range 300 {
			a, b := rgba(full.At(x, y)), rgba(small.At(x, y))
			d := max(diff(a.R, b.R), diff(a.G, b.G), diff(a.B, b.B))
			worst = max(worst, d)
			if d > 0 && x >= 10 && x <= 250 {
				t.Fatalf("at %d,%d: %v became %v", x, y, a, b)
			}
		}
	}
	if worst > 24 {
		t.Errorf("a colour is off by %d", worst)
	}
	again, err := compact(before.Bytes())
	if err != nil || !bytes.Equal(after, again) {
		t.Errorf("the same picture gives another file: %v", err)
	}
}

func diff(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }
