package app

import (
	"sync"
	"time"

	"aoc"
	"aoc/internal/ingest"
)

// progressEvery is how often progress is told at most.
const progressEvery = 200 * time.Millisecond

// importMeter adds up what is read of all files, for a progress bar.
type importMeter struct {
	tell func(ImportProgress)
	size func(u aoc.Unit) (int64, bool)

	mu    sync.Mutex
	bytes int64
	total int64
	seen  map[string]bool
}

// read hears of bytes read of a file.
func (m *importMeter) read(u aoc.Unit, n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bytes += n
	if m.seen == nil {
		m.seen = map[string]bool{}
	}
	if !m.seen[u.ID] {
		m.seen[u.ID] = true
		if size, ok := m.size(u); ok {
			m.total += size
		}
	}
}

func (m *importMeter) progress(p ingest.ImportProgress) {
	if m.tell == nil {
		return
	}
	m.mu.Lock()
	told := ImportProgress{ImportProgress: p, ReadBytes: m.bytes, TotalBytes: m.total}
	m.mu.Unlock()
	m.tell(told)
}
