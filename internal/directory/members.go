package directory

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"aoc"
	"aoc/internal/m365"
)

const (
	// membersAge is how old an answer may be: who is taken out of a group loses what it
	// gives after so long.
	membersAge = 5 * time.Minute
	// membersTime bounds the question: somebody waits to be let in.
	membersTime = 5 * time.Second
	// membersAtOnce is the most groups that Graph looks at in one request.
	membersAtOnce = 20
	// membersKept is how many answers are kept.
	membersKept = 10_000
)

// Members answers who is in which groups, by Graph. It is safe for concurrent use.
type Members struct {
	client *m365.Client
	clock  aoc.Clock

	mu   sync.Mutex
	kept map[string]membersAt
}

type membersAt struct {
	at     time.Time
	groups []string
}

// NewMembers makes it.
func NewMembers(client *m365.Client, clock aoc.Clock) *Members {
	return &Members{client: client, clock: clock, kept: map[string]membersAt{}}
}

var objectID = regexp.MustCompile(`\A[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\z`)

// MemberOf gives those of some groups, by their object ids, that a person is in, directly or
// through other groups. Codes invalid for a person that is no object id, and those of Graph.
func (m *Members) MemberOf(ctx context.Context, person string, groups []string) ([]string, error) {
	if !objectID.MatchString(person) {
		return nil, aoc.Errorf(aoc.CodeInvalid, "directory.members", "a person is asked for by object id")
	}
	key := strings.ToLower(person) + "\x00" + strings.Join(groups, "\x00")
	now := m.clock.Now()
	m.mu.Lock()
	known, ok := m.kept[key]
	m.mu.Unlock()
	if age := now.Sub(known.at); ok && age >= 0 && age < membersAge {
		return known.groups, nil
	}
	ctx, cancel := context.WithTimeout(ctx, membersTime)
	defer cancel()
	in := []string{}
	for part := range slices.Chunk(groups, membersAtOnce) {
		some, err := m.check(ctx, person, part)
		if err != nil {
			return nil, err
		}
		in = append(in, some...)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.kept) >= membersKept {
		clear(m.kept)
	}
	m.kept[key] = membersAt{now, in}
	return in, nil
}

// check asks for at most membersAtOnce groups.
func (m *Members) check(ctx context.Context, person string, groups []string) ([]string, error) {
	body, err := json.Marshal(map[string][]string{"groupIds": groups})
	if err != nil {
		return nil, err
	}
	var answer struct {
		Value []string `json:"value"`
	}
	err = m.client.JSON(ctx, m365.Request{
		API: m365.Graph, Method: http.MethodPost, Path: "/v1.0/users/" + person + "/checkMemberGroups", Body: body, MaxWait: membersTime,
		Permission: "Grant the application permission GroupMember.Read.All (Microsoft Graph) and admin consent.",
	}, &answer)
	if err != nil {
		return nil, err
	}
	// What was not asked for is not believed.
	return slices.DeleteFunc(answer.Value, func(id string) bool {
		return !slices.ContainsFunc(groups, func(g string) bool { return strings.EqualFold(g, id) })
	}), nil
}
