package ingest

import (
	"time"

	"aoc"
)

// HourState is the colour of one cell of the heat map.
type HourState string

// The states of an hour, the worst of its windows': nothing planned, planned but not
// listed, open, closed, closed and listed again since (or first listed so late that this is
// not needed), or a loss.
const (
	HourNone    HourState = "none"
	HourPlanned HourState = "planned"
	HourOpen    HourState = "open"
	HourClosed  HourState = "closed"
	HourReswept HourState = "reswept"
	HourLoss    HourState = "loss"
)

// longestMap bounds the heat map to about a year of hours, the newest.
const longestMap = 366 * 24

// Hour is one cell of the heat map: the worst state of the windows that touch the hour, and
// the figures that belong to it, see [aoc.HourFigures].
type Hour struct {
	Hour        time.Time `json:"hour"`
	State       HourState `json:"state"`
	Listed      int64     `json:"listed"`
	Fetched     int64     `json:"fetched"` // read to the end at least once
	Stored      int64     `json:"stored"`
	Failed      int64     `json:"failed"`
	Expired     int64     `json:"expired"`
	Records     int64     `json:"records"`
	New         int64     `json:"new"`
	Duplicate   int64     `json:"duplicate"`
	Revision    int64     `json:"revision"`
	Quarantined int64     `json:"quarantined"`
	Late        int64     `json:"late"`
}

// severity orders states for the worst to win where windows share an hour.
func severity(s HourState) int {
	for i, known := range []HourState{HourNone, HourReswept, HourClosed, HourOpen, HourPlanned, HourLoss} {
		if s == known {
			return i
		}
	}
	return 0
}

// hours draws the heat map of span, up to until; an open start is where the windows begin.
func hours(ws []aoc.LedgerWindow, open []aoc.LedgerUnit, lost []Loss, span aoc.Window, until time.Time) []Hour {
	start := span.Start
	if start.IsZero() && len(ws) > 0 {
		start = ws[0].Window.Start
	}
	if start.IsZero() || !start.Before(until) {
		return nil
	}
	first := later(start.Truncate(time.Hour), until.Add(-longestMap*time.Hour).Truncate(time.Hour))
	n := int(until.Add(time.Hour-1).Truncate(time.Hour).Sub(first) / time.Hour)
	m := heatMap{first: first, cells: make([]Hour, n)}
	for i := range m.cells {
		m.cells[i] = Hour{Hour: first.Add(time.Duration(i) * time.Hour), State: HourNone}
	}
	for _, w := range ws {
		m.paint(w.Window, stateOf(w))
		if w.Hours == nil {
			m.add(aoc.HourFigures{
				Hour: w.Window.Start, UnitsListed: w.UnitsListed, UnitsStored: w.UnitsStored, UnitsExpired: w.UnitsExpired,
				HourCounts: aoc.HourCounts{Counts: w.Counts, LateNew: w.LateNew},
			})
		}
		for _, f := range w.Hours {
			m.add(f)
		}
	}
	for _, u := range open {
		if u.State == aoc.UnitFailed {
			for _, hour := range unitHours(u) {
				if c := m.cell(hour); c != nil {
					c.Failed++
				}
			}
		}
		m.repaint(u.Unit.Window, HourReswept, HourClosed) // a second look that is not over
	}
	for _, l := range lost {
		m.paint(l.Window, HourLoss)
	}
	return m.cells
}

func stateOf(w aoc.LedgerWindow) HourState {
	switch {
	case w.State == aoc.WindowPlanned:
		return HourPlanned
	case w.State == aoc.WindowOpen || w.UnitsListed > w.UnitsStored+w.UnitsExpired:
		return HourOpen
	case !unswept(w) && (w.Sweeps > 0 || w.NextSweepAt.IsZero()):
		return HourReswept
	}
	return HourClosed
}

// heatMap is a row of hours.
type heatMap struct {
	first time.Time
	cells []Hour
}

func (m heatMap) add(f aoc.HourFigures) {
	h := m.cell(f.Hour)
	if h == nil {
		return
	}
	h.Listed += f.UnitsListed
	h.Fetched += f.UnitsStored
	h.Stored += f.UnitsStored
	h.Expired += f.UnitsExpired
	h.Records += f.Counts.Read
	h.New += f.Counts.New
	h.Duplicate += f.Counts.Duplicate
	h.Revision += f.Counts.Revision
	h.Quarantined += f.Counts.Quarantined
	h.Late += f.LateNew
}

// cell gives the hour a time lies in; nil outside of the map.
func (m heatMap) cell(t time.Time) *Hour {
	if t.Before(m.first) {
		return nil
	}
	if i := int(t.Sub(m.first) / time.Hour); i < len(m.cells) {
		return &m.cells[i]
	}
	return nil
}

// paint gives the hours a span touches a state, unless they have a worse one.
func (m heatMap) paint(w aoc.Window, s HourState) {
	m.each(w, func(h *Hour) {
		if severity(s) > severity(h.State) {
			h.State = s
		}
	})
}

// repaint changes one state to another in the hours a span touches.
func (m heatMap) repaint(w aoc.Window, from, to HourState) {
	m.each(w, func(h *Hour) {
		if h.State == from {
			h.State = to
		}
	})
}

func (m heatMap) each(w aoc.Window, f func(*Hour)) {
	for t := later(w.Start, m.first).Truncate(time.Hour); t.Before(w.End); t = t.Add(time.Hour) {
		h := m.cell(t)
		if h == nil {
			return
		}
		f(h)
	}
}
