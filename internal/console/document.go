package console

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"strings"
	"time"

	"aoc"
	"aoc/internal/store"
	"aoc/internal/trail"
)

// The kinds of document, and how many of a kind people can make.
const (
	kindSearch   = "saved-search"
	kindWindow   = "change-window"
	maxDocuments = 500
)

// Made is what every named thing that people make has.
type Made struct {
	ID string `json:"id"`
	// Version counts changes. Whoever changes it says which one they saw.
	Version int64     `json:"version"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
}

func madeOf(d store.Document) Made { return Made{ID: d.ID, Version: d.Version, By: d.By, At: d.At} }

// newDocument keeps a new document of a kind. Code conflict when there are too many.
func (c *Console) newDocument(ctx context.Context, kind string, body any) (Made, error) {
	known, err := c.store.ListDocuments(ctx, kind)
	if err != nil {
		return Made{}, err
	}
	if len(known) >= maxDocuments {
		e := aoc.Errorf(aoc.CodeConflict, "console.document", "there are %d already, which is the most that can be kept", len(known))
		e.Hint = "Delete some that nobody needs any more."
		return Made{}, e
	}
	return c.putDocument(ctx, kind, newID(), 0, body)
}

// changeDocument replaces a document. Codes not_found; conflict when its version is not
// the stored one's.
func (c *Console) changeDocument(ctx context.Context, kind, id string, version int64, body any) (Made, error) {
	if err := c.checkVersion(ctx, kind, id, version); err != nil {
		return Made{}, err
	}
	return c.putDocument(ctx, kind, id, version, body)
}

func (c *Console) putDocument(ctx context.Context, kind, id string, version int64, body any) (Made, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return Made{}, err
	}
	verb := "Make "
	if version > 0 {
		verb = "Change "
	}
	d, err := c.store.PutDocument(ctx, store.Document{
		Kind: kind, ID: id, Version: version, By: author(ctx), At: c.clock.Now().UTC(), Body: text,
	})
	if err != nil {
		return Made{}, faster(err)
	}
	c.recordDone(ctx, trail.Entry{Operation: verb + things[kind], Target: trail.Target{Type: kind, ID: id}})
	return madeOf(d), nil
}

func (c *Console) dropDocument(ctx context.Context, kind, id string, version int64) error {
	if err := c.checkVersion(ctx, kind, id, version); err != nil {
		return err
	}
	err := faster(c.store.DropDocument(ctx, store.Document{Kind: kind, ID: id, Version: version, By: author(ctx), At: c.clock.Now().UTC()}))
	if err == nil {
		c.recordDone(ctx, trail.Entry{Operation: "Delete " + things[kind], Target: trail.Target{Type: kind, ID: id}})
	}
	return err
}

// checkVersion tells an unknown document from a changed one, in words that help.
func (c *Console) checkVersion(ctx context.Context, kind, id string, version int64) error {
	known, err := c.store.ListDocuments(ctx, kind)
	if err != nil {
		return err
	}
	for _, d := range known {
		if d.ID == id && d.Version != version {
			return faster(aoc.Errorf(aoc.CodeConflict, "console.document", "it is at version %d", d.Version))
		}
		if d.ID == id {
			return nil
		}
	}
	return aoc.Errorf(aoc.CodeNotFound, "console.document", "there is nothing with this id any more")
}

// faster says what a conflict of versions means.
func faster(err error) error {
	if aoc.CodeOf(err) != aoc.CodeConflict {
		return err
	}
	return &aoc.Error{
		Code: aoc.CodeConflict, Op: "console.document", Message: "somebody changed it in the meantime",
		Hint: "Load it anew and make your change on what is there now.", Cause: err,
	}
}

// newID names something new; it cannot be guessed and needs no escaping anywhere.
func newID() string { return strings.ToLower(rand.Text()[:16]) }
