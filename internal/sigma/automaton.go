package sigma

// automaton finds all of many texts in one pass over a text, as Aho and Corasick have it.
// Each byte costs one look into a table, however many texts there are.
type automaton struct {
	class   [256]uint8 // of each byte; 0 for those in none of the texts
	classes int
	next    []int32   // by state times classes plus class
	found   [][]int32 // by state: what belongs to the texts that end here
	states  int32
	shorter []int32 // by state: the state of the longest other text that ends here, 0 for none
}

// maxAutomatonBytes bounds the texts of one automaton, whose table has a row for each byte.
const maxAutomatonBytes = 1 << 16

// automatonBuilder collects texts. A text may be there several times.
type automatonBuilder struct {
	texts []string
	owner []int32
	bytes int
}

// add takes a text that is not empty, unless there are too many already.
func (b *automatonBuilder) add(text string, owner int32) bool {
	if b.bytes+len(text) > maxAutomatonBytes {
		return false
	}
	b.bytes += len(text)
	b.texts = append(b.texts, text)
	b.owner = append(b.owner, owner)
	return true
}

// build makes the automaton.
func (b *automatonBuilder) build() *automaton {
	a := &automaton{classes: 1}
	var newest uint8
	for _, text := range b.texts {
		for i := range len(text) {
			if c := text[i]; a.class[c] == 0 && newest < 255 {
				newest++
				a.class[c] = newest
				a.classes++
			}
		}
	}
	a.grow()
	for i, text := range b.texts {
		state := int32(0)
		for j := range len(text) {
			at := int(state)*a.classes + int(a.class[text[j]])
			if a.next[at] == 0 {
				a.next[at] = a.grow()
			}
			state = a.next[at]
		}
		a.found[state] = append(a.found[state], b.owner[i])
	}
	a.link()
	return a
}

// grow adds a state.
func (a *automaton) grow() int32 {
	a.next = append(a.next, make([]int32, a.classes)...)
	a.found = append(a.found, nil)
	a.shorter = append(a.shorter, 0)
	a.states++
	return a.states - 1
}

// link turns the tree into an automaton: where a state has no way on, it goes on as the
// longest of its endings would. States are visited by depth, so endings are done before.
func (a *automaton) link() {
	ending := make([]int32, len(a.found))
	queue := []int32{0}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		for class := range a.classes {
			at := int(state)*a.classes + class
			child := a.next[at]
			fallback := int32(0)
			if state != 0 {
				fallback = a.next[int(ending[state])*a.classes+class]
			}
			if child == 0 {
				a.next[at] = fallback
				continue
			}
			ending[child] = fallback
			if len(a.found[fallback]) > 0 {
				a.shorter[child] = fallback
			} else {
				a.shorter[child] = a.shorter[fallback]
			}
			queue = append(queue, child)
		}
	}
}

// scan tells the owners of all texts that are in text; of those there several times, each
// time.
func (a *automaton) scan(text string, tell func(owner int32)) {
	state := int32(0)
	for i := range len(text) {
		state = a.next[int(state)*a.classes+int(a.class[text[i]])]
		for s := state; s != 0; s = a.shorter[s] {
			for _, owner := range a.found[s] {
				tell(owner)
			}
		}
	}
}
