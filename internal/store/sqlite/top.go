package sqlite

import (
	"container/heap"
	"slices"
)

// top sorts a list and gives the first n of it; 0 or less means all. A short part of a
// long list does not take sorting all of it.
func top[T any](list []T, n int, compare func(a, b T) int) []T {
	if n <= 0 || n >= len(list) {
		slices.SortFunc(list, compare)
		return list
	}
	h := &worstFirst[T]{list: slices.Clone(list[:n]), compare: compare}
	heap.Init(h)
	for _, x := range list[n:] {
		if compare(x, h.list[0]) < 0 {
			h.list[0] = x
			heap.Fix(h, 0)
		}
	}
	slices.SortFunc(h.list, compare)
	return h.list
}

// worstFirst is a heap of the best found so far, the worst of them on top.
type worstFirst[T any] struct {
	list    []T
	compare func(a, b T) int
}

func (h *worstFirst[T]) Len() int           { return len(h.list) }
func (h *worstFirst[T]) Less(i, j int) bool { return h.compare(h.list[j], h.list[i]) < 0 }
func (h *worstFirst[T]) Swap(i, j int)      { h.list[i], h.list[j] = h.list[j], h.list[i] }
func (h *worstFirst[T]) Push(x any)         { h.list = append(h.list, x.(T)) }
func (h *worstFirst[T]) Pop() any {
	x := h.list[len(h.list)-1]
	h.list = h.list[:len(h.list)-1]
	return x
}
