package sigma

import (
	"fmt"
	"strings"

	"aoc"
)

// Problem is one thing that is wrong with, or unwise in, a rule, and where.
type Problem struct {
	// Line and Column count from 1; 0 when the place is not known.
	Line, Column int
	// Key is the path of keys, with dots: "detection.selection.Image|endswith". It may be empty.
	Key     string
	Message string
	// Hint is what to write instead; it may be empty.
	Hint string
	// Unmapped is the field that the schema does not have, when this is what is wrong.
	Unmapped string
	// Placeholder is the one without values, when this is what is wrong.
	Placeholder string
}

func (p Problem) String() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "line %d, column %d: ", p.Line, p.Column)
	}
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.Message)
	return b.String()
}

// Problems are all that is wrong with a file or a rule. It is the cause of the [*aoc.Error]
// that [Parse], [Compile] and [NewCorrelator] fail with.
type Problems []Problem

func (ps Problems) Error() string {
	if len(ps) == 1 {
		return "1 problem"
	}
	return fmt.Sprintf("%d problems", len(ps))
}

// The most problems that are kept of one file, and that a message tells.
const (
	maxProblems     = 100
	maxToldProblems = 10
)

// err gives the problems as an error with code invalid, nil when there are none.
func (ps Problems) err(op string) error {
	if len(ps) == 0 {
		return nil
	}
	told := make([]string, 0, maxToldProblems+1)
	hint := ""
	for i, p := range ps {
		if i == maxToldProblems {
			told = append(told, fmt.Sprintf("and %d more", len(ps)-i))
			break
		}
		told = append(told, p.String())
		if hint == "" {
			hint = p.Hint
		}
	}
	if hint == "" {
		hint = "Correct the rule where the message says; the Sigma specification 2.1.0 tells what may stand there."
	}
	return &aoc.Error{Code: aoc.CodeInvalid, Op: op, Message: strings.Join(told, "; "), Hint: hint, Cause: ps}
}

// add keeps a problem, unless there are too many already.
func (ps *Problems) add(p Problem) {
	if len(*ps) < maxProblems {
		*ps = append(*ps, p)
	}
}
