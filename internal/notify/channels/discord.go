package channels

import (
	"net/url"
	"regexp"

	"aoc/internal/notify"
	"aoc/internal/sink"
)

// discord posts to a webhook of Discord.
func discord() notify.Kind {
	return notify.Kind{
		Spec: notify.KindSpec{
			Kind: "discord", Title: "Discord",
			Help:     "A message through a webhook of a channel. It mentions nobody.",
			Settings: []sink.Setting{urlSetting("The secret that holds the webhook's address, https://discord.com/api/webhooks/…. Whoever knows the address can post.")},
		},
		Make: func(v sink.Values, d notify.Deps) (notify.Channel, error) {
			address, err := d.SecretAddress(v, "url")
			if err != nil {
				return nil, err
			}
			u, err := url.Parse(address)
			if err != nil {
				return nil, err
			}
			q := u.Query()
			q.Set("wait", "true") // answered once it is stored
			u.RawQuery = q.Encode()
			return &posted{deps: d, op: "discord.send", url: u.String(), body: discordMessage}, nil
		},
	}
}

// The bounds of Discord's embeds, in characters; an escape takes one more.
const (
	discordTitle = 120
	discordBody  = 2000
)

// discordPost is the form of https://discord.com/developers/docs/resources/webhook#execute-webhook.
type discordPost struct {
	Embeds          []discordEmbed  `json:"embeds"`
	AllowedMentions discordMentions `json:"allowed_mentions"`
}

type discordEmbed struct {
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	URL         string `json:"url,omitempty"`
	Color       int    `json:"color"`
}

// discordMentions is who may be mentioned: nobody.
type discordMentions struct {
	Parse []string `json:"parse"`
}

func discordMessage(m *notify.Message) (any, error) {
	return discordPost{
		Embeds: []discordEmbed{{
			Title: escapeDiscord(notify.Cut(m.Title, discordTitle)), Description: escapeDiscord(notify.Cut(m.Body, discordBody)), URL: m.Link,
			Color: byRank(m.Severity, [5]int{0x8a8a8a, 0x3b82f6, 0xeab308, 0xf97316, 0xdc2626}),
		}},
		AllowedMentions: discordMentions{Parse: []string{}},
	}, nil
}

// discordMarks have a meaning in Discord's Markdown; colons and angle brackets make emoji,
// times and mentions, and @ mentions everybody.
var discordMarks = regexp.MustCompile("[\\\\`*_~|<>\\[\\]()#:@-]")

// escapeDiscord makes text mean itself in Discord's Markdown.
func escapeDiscord(text string) string { return discordMarks.ReplaceAllString(text, `\$0`) }
