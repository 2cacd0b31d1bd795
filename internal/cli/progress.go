package cli

import (
	"fmt"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progress draws one bar on a terminal and tells a line now and then elsewhere. All of
// its methods may be called from one goroutine at a time.
type progress struct {
	r     *runner
	pool  *mpb.Progress
	bar   *mpb.Bar
	what  string
	text  string
	told  time.Time
	every time.Duration
}

// newProgress begins to tell how something goes.
func (r *runner) newProgress(what string) *progress {
	p := &progress{r: r, what: what, every: 5 * time.Second, told: time.Now()}
	if !r.interactive() {
		return p
	}
	p.pool = mpb.NewWithContext(r.ctx, mpb.WithOutput(r.err), mpb.WithWidth(40), mpb.WithRefreshRate(150*time.Millisecond))
	p.bar = p.pool.AddBar(0,
		mpb.PrependDecorators(decor.Name(what+" ")),
		mpb.AppendDecorators(decor.Percentage(decor.WCSyncSpace), decor.Any(func(decor.Statistics) string { return "  " + p.text })),
		mpb.BarRemoveOnComplete())
	return p
}

// update tells that done of total are done; total 0 means that it is not known.
func (p *progress) update(done, total int64, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if p.bar != nil {
		p.text = text
		p.bar.SetTotal(max(total, done+1), false)
		p.bar.SetCurrent(done)
		return
	}
	if time.Since(p.told) >= p.every {
		p.told = time.Now()
		p.r.note("%s: %s", p.what, text)
	}
}

// end takes the bar away.
func (p *progress) end() {
	if p.bar != nil {
		p.bar.SetTotal(-1, true)
		p.bar.Abort(true)
		p.pool.Wait()
	}
}

// count writes a number with thin groups, as people read large ones.
func count(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
