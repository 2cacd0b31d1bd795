package channels

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"
	"unicode/utf16"

	"aoc"
	"aoc/internal/notify"
	"aoc/internal/sink"
)

// telegram sends messages of a bot.
func telegram() notify.Kind {
	return notify.Kind{
		Spec: notify.KindSpec{
			Kind: "telegram", Title: "Telegram",
			Help: "A message of a bot to a chat, group or channel that the bot is a member of.",
			Settings: []sink.Setting{
				{Name: "token", Title: "Token", Kind: sink.Secret, Required: true, Help: "The secret that holds the bot's token."},
				{Name: "chat", Title: "Chat", Kind: sink.Text, Required: true, Help: "The id of the chat, such as -1001234567890, or @name of a public channel."},
				{Name: "address", Title: "Bot API", Kind: sink.Address, Default: "https://api.telegram.org", Help: "Where the Bot API is."},
			},
		},
		Make: func(v sink.Values, d notify.Deps) (notify.Channel, error) {
			address := strings.TrimSuffix(v.Text("address"), "/") + "/bot" + url.PathEscape(v.Secret("token")) + "/sendMessage"
			return &bot{deps: d, url: address, chat: v.Text("chat")}, nil
		},
	}
}

type bot struct {
	deps      notify.Deps
	url, chat string
}

// telegramText bounds a message, in UTF-16.
const telegramText = 4000

// telegramPost is the form of https://core.telegram.org/bots/api#sendmessage.
type telegramPost struct {
	ChatID   string           `json:"chat_id"`
	Text     string           `json:"text"`
	Entities []telegramEntity `json:"entities"`
	Preview  telegramPreview  `json:"link_preview_options"`
}

// telegramEntity marks text up; offsets are in UTF-16. Within pre nothing is looked for that
// could be a mention, a command or a link.
type telegramEntity struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
}

type telegramPreview struct {
	Disabled bool `json:"is_disabled"`
}

func (b *bot) message(m *notify.Message) telegramPost {
	most := telegramText - len(m.Link) - 2
	text := notify.Cut(strings.TrimSpace(m.Title+"\n\n"+m.Body), most)
	if len(utf16.Encode([]rune(text))) > most {
		text = notify.Cut(text, most/2)
	}
	p := telegramPost{ChatID: b.chat, Text: text, Preview: telegramPreview{Disabled: true}}
	p.Entities = []telegramEntity{{Type: "pre", Length: len(utf16.Encode([]rune(text)))}}
	if m.Link != "" {
		p.Text += "\n\n" + m.Link
	}
	return p
}

// Send implements [notify.Channel]. Telegram says how long to wait in its answer's body.
func (b *bot) Send(ctx context.Context, m *notify.Message) error {
	const op = "telegram.send"
	body, err := json.Marshal(b.message(m))
	if err != nil {
		return aoc.Wrap(err, aoc.CodeInternal, op, "a message cannot be written as JSON")
	}
	a, err := sink.Post(ctx, &b.deps.Deps, sink.Request{Op: op, URL: b.url, Type: "application/json", Body: body, Timeout: sendTime})
	if err != nil {
		return err
	}
	var said struct {
		Parameters struct {
			RetryAfter int `json:"retry_after"`
		} `json:"parameters"`
	}
	if json.Unmarshal(a.Body, &said) == nil && said.Parameters.RetryAfter > 0 {
		a.RetryAfter = time.Duration(said.Parameters.RetryAfter) * time.Second
	}
	return notify.Judge(op, a)
}
