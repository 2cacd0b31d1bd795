package transfer_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/transfer"
)

// The process dies at every write to the target, before it and after it, and starts again:
// in the end everything is there once, and is verified. Every second write unless
// AOC_TEST_FULL is set.
func TestDiesAtEveryWrite(t *testing.T) {
	f, from := furnished(t, 8, 1)
	stride := 2
	if os.Getenv("AOC_TEST_FULL") != "" {
		stride = 1
	}
	for i, after := range []bool{false, true} {
		points := 0
		for n := 1 + i; ; n += stride {
			to := open(t, t.TempDir())
			m := &mortal{Store: to, n: n, after: after}
			if _, err := copyAll(from, m); !errors.Is(err, errDied) {
				if err != nil {
					t.Fatal(err)
				}
				break
			}
			points++
			mustCopy(t, from, to)
			if points%3 == 0 {
				same(t, f, to)
			}
			to.Close()
		}
		if points*stride < 20 {
			t.Errorf("after=%t: only %d writes", after, points)
		}
	}
}

// What a killed process had sent arrives when the next one has begun: that one goes on.
func TestOvertaken(t *testing.T) {
	f, from := furnished(t, 8, 1)
	for _, edits := range []bool{false, true} {
		to := open(t, t.TempDir())
		if _, err := copyAll(from, &mortal{Store: to, n: 1, after: true}); !errors.Is(err, errDied) {
			t.Fatal(err)
		}
		late := &overtaken{Store: to, edits: edits}
		mustCopy(t, from, late)
		if !late.arrived {
			t.Errorf("edits=%t: nothing arrived late", edits)
		}
		same(t, f, to)
	}
}

// overtaken is a store in which the first log entries, or edits, that are put are there
// already.
type overtaken struct {
	transfer.Store
	edits, arrived bool
}

func (o *overtaken) PutLogEntries(ctx context.Context, es []store.LogEntry) error {
	if !o.edits && !o.arrived {
		o.arrived = true
		if err := o.Store.PutLogEntries(ctx, es); err != nil {
			return err
		}
	}
	return o.Store.PutLogEntries(ctx, es)
}

func (o *overtaken) PutEdits(ctx context.Context, rs []aoc.EditRecord, now []store.Annotations) error {
	if o.edits && !o.arrived {
		o.arrived = true
		if err := o.Store.PutEdits(ctx, rs, now); err != nil {
			return err
		}
	}
	return o.Store.PutEdits(ctx, rs, now)
}

// The folders that a process of TestKilled copies.
const (
	killedFrom = "AOC_TEST_COPY_FROM"
	killedTo   = "AOC_TEST_COPY_TO"
)

// A process that is killed at any moment leaves a target that the next one goes on with.
func TestKilled(t *testing.T) {
	if dir := os.Getenv(killedFrom); dir != "" {
		copyForever(t, dir, os.Getenv(killedTo))
	}
	dir, target := t.TempDir(), t.TempDir()
	from := open(t, dir)
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	for i := range 30 {
		var batch []aoc.Event
		for n := range 100 {
			batch = append(batch, plainEvent(fmt.Sprint(i, "-", n), at.Add(time.Duration(n)*time.Minute), "x"))
		}
		if _, err := from.Append(ctx, batch); err != nil {
			t.Fatal(err)
		}
	}
	from.Close()
	rng := rand.New(rand.NewPCG(1, 2))
	reached := int64(0)
	for kills := 0; reached < 3000; kills++ {
		if kills > 500 {
			t.Fatal("the copy does not get on")
		}
		reached = killCopying(t, dir, target, rng)
		to := open(t, target)
		if last, err := to.LastSeq(ctx); err != nil || last < reached {
			t.Fatalf("%d places are there, %v; the process said %d", last, err, reached)
		}
		to.Close()
	}
	r := mustCopy(t, open(t, dir), open(t, target))
	if r.Copied != 0 || r.Places != 3000 || r.Recomputed != 3000 {
		t.Errorf("in the end: %+v", r)
	}
}

// copyForever copies in small batches and says how far it is.
func copyForever(t *testing.T, from, to string) {
	_, err := transfer.Copy(ctx, transfer.Config{From: open(t, from), To: open(t, to), Batch: 20, Progress: func(p transfer.Progress) {
		if p.Stage == transfer.StageCopy {
			fmt.Printf("copied %d\n", p.Done)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("copied 3000")
	select {} // until it is killed
}

// killCopying has a process copy some batches more, and kills it; it gives how far it said
// that it was.
func killCopying(t *testing.T, from, to string, rng *rand.Rand) (reached int64) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), killedFrom+"="+from, killedTo+"="+to)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	left := 1 + rng.IntN(40)
	for lines := bufio.NewScanner(out); left > 0 && reached < 3000 && lines.Scan(); left-- {
		if _, err := fmt.Sscanf(lines.Text(), "copied %d", &reached); err != nil {
			t.Errorf("the copying process says: %s", lines.Text())
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	return reached
}
