package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A question is asked once to warm up, then up to maxCalls times, but no longer than
// patience altogether.
const (
	maxCalls = 21
	patience = 10 * time.Second
)

// latency gives the median of the calls.
func latency(ask func() error) (time.Duration, error) {
	if err := ask(); err != nil {
		return 0, err
	}
	var took []time.Duration
	for began := time.Now(); len(took) < maxCalls && (len(took) == 0 || time.Since(began) < patience); {
		call := time.Now()
		if err := ask(); err != nil {
			return 0, err
		}
		took = append(took, time.Since(call))
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}

// ask asks every question and prints the table.
func ask(ctx context.Context, qs []question, vl *victoriaLogs, profile string) error {
	memory := watchMemory()
	fmt.Println()
	fmt.Printf("%-26s %10s %6s", "question", "median ms", "rows")
	if vl != nil {
		fmt.Printf(" %16s %6s %8s", "VictoriaLogs ms", "rows", "ratio")
	}
	fmt.Println()
	for _, q := range qs {
		line, err := q.line(ctx, vl, profile)
		if err != nil {
			return fmt.Errorf("%s: %w", q.name, err)
		}
		fmt.Println(line)
	}
	fmt.Println("\nrows: + there are more, ? the search stopped at its budget; ratio: VictoriaLogs' time by AOC's")
	fmt.Printf("peak memory %d MiB\n", memory.end())
	fmt.Println()
	for _, q := range qs {
		fmt.Printf("%-26s %s\n", q.name, q.about)
		if vl != nil && len(q.logsQL) > 0 {
			fmt.Printf("%-26s %s\n", "", q.logsQL[0].text)
		}
	}
	return nil
}

// line is the question's line in the table.
func (q question) line(ctx context.Context, vl *victoriaLogs, profile string) (string, error) {
	var rows int
	var more string
	var took time.Duration
	err := profiled(profile, strings.Map(fileRune, q.name), func() (err error) {
		took, err = latency(func() (err error) {
			rows, more, err = q.ask(ctx)
			return err
		})
		return err
	})
	if err != nil {
		return "", err
	}
	line := fmt.Sprintf("%-26s %10s %6s", q.name, millis(took), strconv.Itoa(rows)+more)
	if vl == nil || len(q.logsQL) == 0 {
		return line, nil
	}
	theirs, err := latency(func() (err error) {
		rows, err = vl.askAll(ctx, q.logsQL)
		return err
	})
	return line + fmt.Sprintf(" %16s %6d %8.1f", millis(theirs), rows, theirs.Seconds()/took.Seconds()), err
}

func millis(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()*1e3) }

// fileRune keeps what is fit for the name of a file.
func fileRune(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return '-'
}
