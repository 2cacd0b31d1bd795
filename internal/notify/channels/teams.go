package channels

import (
	"regexp"
	"strings"

	"github.com/atc0005/go-teams-notify/v2/adaptivecard"

	"aoc/internal/notify"
	"aoc/internal/sink"
)

// teams posts adaptive cards to a workflow of Power Automate ("When a Teams webhook request is
// received"), which puts them into a channel or chat.
func teams() notify.Kind {
	return notify.Kind{
		Spec: notify.KindSpec{
			Kind: "teams", Title: "Microsoft Teams",
			Help:     "An adaptive card, through a workflow (Workflows, template: Post to a channel when a webhook request is received). That the workflow has accepted it is what counts as sent; its run history tells whether the card was posted.",
			Settings: []sink.Setting{urlSetting("The secret that holds the address that the workflow shows. Whoever knows the address can post.")},
		},
		Make: func(v sink.Values, d notify.Deps) (notify.Channel, error) {
			address, err := d.SecretAddress(v, "url")
			return &posted{deps: d, op: "teams.send", url: address, body: teamsCard}, err
		},
	}
}

// Teams takes messages of 28 kB, in which a character takes eight bytes at most.
const (
	teamsTitle = 200
	teamsBody  = 3000
)

func teamsCard(m *notify.Message) (any, error) {
	card := adaptivecard.NewCard()
	card.SetFullWidth()
	title := adaptivecard.NewTitleTextBlock(escapeCard(notify.Cut(m.Title, teamsTitle)), true)
	title.Color = byRank(m.Severity, [5]string{adaptivecard.ColorDefault, adaptivecard.ColorAccent, adaptivecard.ColorWarning, adaptivecard.ColorAttention, adaptivecard.ColorAttention})
	if err := card.AddElement(false, title); err != nil {
		return nil, err
	}
	if m.Body != "" {
		body := adaptivecard.NewTextBlock(cardLines(notify.Cut(m.Body, teamsBody)), true)
		if err := card.AddElement(false, body); err != nil {
			return nil, err
		}
	}
	if m.Link != "" {
		open, err := adaptivecard.NewActionOpenURL(m.Link, linkText)
		if err != nil {
			return nil, err
		}
		if err := card.AddAction(false, open); err != nil {
			return nil, err
		}
	}
	return adaptivecard.NewMessageFromCard(card)
}

// cardLines makes lines of text paragraphs of Markdown, in which a line end is a space.
func cardLines(text string) string {
	var paragraphs []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			paragraphs = append(paragraphs, escapeCard(line))
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

var (
	// cardMarks have a meaning anywhere in the Markdown of cards; braces begin functions of
	// dates, and mentions are in angle brackets.
	cardMarks = regexp.MustCompile("[\\\\`*_{}\\[\\]<>~|&]")
	// cardStarts have one at the beginning of a line: lists and headings.
	cardStarts = regexp.MustCompile(`^(\s*)([-+#=])|^(\s*\d+)([.)])`)
)

// escapeCard makes a line of text mean itself in the Markdown of an adaptive card.
func escapeCard(text string) string {
	return cardStarts.ReplaceAllString(cardMarks.ReplaceAllString(text, `\$0`), `$1$3\$2$4`)
}
