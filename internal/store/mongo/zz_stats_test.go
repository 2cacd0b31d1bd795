package mongo

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"aoc"
	"aoc/internal/normalise"
)

func TestZZStats(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(os.Getenv("AOC_TEST_DATA"), "*", "[abcd]_*.jsonl"))
	var n, bytesN, total, grams, words, guids, fields, longest int
	var gramB int
	voc := map[string]bool{}
	var counts []int
	var evs []aoc.Event
	var inside, cut int
	for _, file := range files {
		f, _ := os.Open(file)
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			raw := []byte(lines.Text())
			if len(raw) == 0 {
				continue
			}
			kind := aoc.KindUnified
			switch filepath.Base(file)[0] {
			case 'b':
				kind = aoc.KindDirectoryAudit
			case 'c':
				kind = aoc.KindSignIn
			}
			ev, err := normalise.Normalise(aoc.Record{Kind: kind, TenantID: "7f3c2f9e-0d0b-4a43-8d0e-4b8f3a2f1c11", Raw: raw, Origin: aoc.OriginImported, ReceivedAt: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)}, nil)
			if err != nil {
				continue
			}
			evs = append(evs, ev)
			terms, ws := termsOf(&ev, nil)
			n++
			bytesN += len(raw)
			total += len(terms)
			counts = append(counts, len(terms))
			if len(terms) > longest {
				longest = len(terms)
			}
			for _, x := range terms {
				switch {
				case x == cutTerm:
					cut++
				case x == insideTerm:
					inside++
				case strings.HasPrefix(x, "~"):
					grams++
					gramB += len(x)
				case strings.Contains(x, "="):
					fields++
				case len(x) == 36 && strings.Count(x, "-") == 4:
					guids++
				default:
					words++
				}
			}
			for _, w := range ws {
				voc[w] = true
			}
		}
		f.Close()
	}
	sort.Ints(counts)
	vk := map[string]int{}
	for w := range voc {
		if i := strings.IndexByte(w, '='); i > 0 {
			vk[w[:i]]++
		} else if strings.Contains(w, ".") {
			vk["dotted"]++
		} else {
			vk["word"]++
		}
	}
	fmt.Println(n, "events raw", bytesN/n, "terms", total/n, "words", words/n, "grams", grams/n, "guids", guids/n, "fields", fields/n, "p10", counts[n/10], "p50", counts[n/2], "p90", counts[n*9/10], "p99", counts[n*99/100], "max", longest, "inside", inside, "cut", cut, "vocab", len(voc), vk)
	start := time.Now()
	for i := range evs {
		termsOf(&evs[i], nil)
	}
	fmt.Println(time.Since(start)/time.Duration(len(evs)), "per event")
}
