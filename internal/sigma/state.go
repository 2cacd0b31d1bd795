package sigma

import (
	"encoding/json"
	"fmt"

	"aoc"
)

// stateVersion changes with the form of a state.
const stateVersion = 1

// correlatorState is a state as JSON.
type correlatorState struct {
	Version      int                `json:"version"`
	Begun        bool               `json:"begun"`
	Newest       int64              `json:"newest"`
	Loss         Loss               `json:"loss"`
	Correlations []correlationState `json:"correlations"`
}

type correlationState struct {
	Identity string            `json:"identity"`
	Swept    int64             `json:"swept"`
	Touches  uint64            `json:"touches"`
	Groups   map[string]*group `json:"groups"`
}

// State gives all that is kept, as JSON.
func (k *Correlator) State() ([]byte, error) {
	s := correlatorState{Version: stateVersion, Begun: k.begun, Newest: k.newest, Loss: k.loss}
	for _, c := range k.all {
		s.Correlations = append(s.Correlations, correlationState{Identity: c.identity, Swept: c.swept, Touches: c.touches, Groups: c.groups})
	}
	b, err := json.Marshal(s)
	return b, aoc.Wrap(err, aoc.CodeInternal, "sigma.state", "the state of correlations cannot be written")
}

// Restore goes on from a state that [Correlator.State] gave, as if there had been no
// interruption. Correlations that have changed since, or refer to a rule that has, begin
// anew; what is kept of others that are no longer there is dropped.
func (k *Correlator) Restore(state []byte) error {
	const op = "sigma.restore"
	var s correlatorState
	if err := json.Unmarshal(state, &s); err != nil {
		return aoc.Wrap(err, aoc.CodeInvalid, op, "the state of correlations cannot be read")
	}
	if s.Version != stateVersion {
		return &aoc.Error{
			Code: aoc.CodeInvalid, Op: op, Message: fmt.Sprintf("the state of correlations has version %d; this program has %d", s.Version, stateVersion),
			Hint: "Let the correlations begin anew from an earlier place of the log.",
		}
	}
	k.begun, k.newest, k.loss = s.Begun, s.Newest, s.Loss
	for _, c := range k.all {
		c.groups, c.swept, c.touches = map[string]*group{}, 0, 0
		for _, of := range s.Correlations {
			if of.Identity == c.identity {
				c.restore(of)
			}
		}
	}
	return nil
}

func (c *correlated) restore(s correlationState) {
	c.swept, c.touches = s.Swept, s.Touches
	for key, g := range s.Groups {
		if g == nil || len(g.Values) != len(c.c.GroupBy) {
			continue
		}
		g.ids = make(map[recordID]struct{}, len(g.Records))
		for i := range g.Records {
			g.ids[recordID{g.Records[i].ID, g.Records[i].Via}] = struct{}{}
		}
		c.groups[key] = g
	}
}
