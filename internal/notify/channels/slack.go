package channels

import (
	"strings"

	"github.com/slack-go/slack"

	"aoc/internal/notify"
	"aoc/internal/sink"
)

// slackKind posts to an incoming webhook of Slack.
func slackKind() notify.Kind {
	return notify.Kind{
		Spec: notify.KindSpec{
			Kind: "slack", Title: "Slack",
			Help:     "A message through an incoming webhook, to the channel that the webhook was made for.",
			Settings: []sink.Setting{urlSetting("The secret that holds the webhook's address, https://hooks.slack.com/services/…. Whoever knows the address can post.")},
		},
		Make: func(v sink.Values, d notify.Deps) (notify.Channel, error) {
			address, err := d.SecretAddress(v, "url")
			return &posted{deps: d, op: "slack.send", url: address, body: slackMessage}, err
		},
	}
}

// The bounds of Slack's blocks, in characters.
const (
	slackHeader  = 150
	slackSection = 3000
)

// slackMessage has texts from events in blocks of kind plain_text, in which nothing is marked
// up and nobody mentioned; what is shown in a notification is escaped.
func slackMessage(m *notify.Message) (any, error) {
	text := func(s string, most int) *slack.TextBlockObject {
		return slack.NewTextBlockObject(slack.PlainTextType, notify.Cut(s, most), false, false)
	}
	blocks := []slack.Block{slack.NewHeaderBlock(text(m.Title, slackHeader))}
	if m.Body != "" {
		blocks = append(blocks, slack.NewSectionBlock(text(m.Body, slackSection), nil, nil))
	}
	if m.Link != "" {
		link := slack.NewTextBlockObject(slack.MarkdownType, "<"+escapeSlackLink(m.Link)+"|"+linkText+">", false, true)
		blocks = append(blocks, slack.NewSectionBlock(link, nil, nil))
	}
	no := false
	return &slack.WebhookMessage{
		Text: escapeSlack(notify.Cut(m.Title, slackHeader)), Blocks: &slack.Blocks{BlockSet: blocks}, Parse: "none", UnfurlLinks: &no, UnfurlMedia: &no,
	}, nil
}

// escapeSlack makes text mean itself in Slack's mrkdwn: mentions and links need angle
// brackets, and what would be bold or code has a character of no width before it.
func escapeSlack(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;",
		"*", "\u200b*", "_", "\u200b_", "~", "\u200b~", "`", "\u200b`").Replace(text)
}

// escapeSlackLink is an address between angle brackets.
func escapeSlackLink(address string) string {
	return strings.NewReplacer("&", "&amp;", "<", "%3C", ">", "%3E", "|", "%7C").Replace(address)
}
