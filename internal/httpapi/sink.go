package httpapi

import (
	"context"
	"net/http"

	"aoc/internal/console"
)

const (
	tagSinks    = "sinks"
	sinksPath   = "/api/sinks"
	lettersPath = sinksPath + "/dead-letters"
)

func (s *server) sinkRoutes() {
	register(s, get("list-sinks", sinksPath, tagSinks, "Sinks", "All receivers that events are sent to, by name, with how far each is and what is wrong. Managers only."), s.listSinks)
	register(s, get("list-sink-kinds", sinksPath+"/kinds", tagSinks, "Kinds of sink", "With the settings of each, and the names of the secrets that can be given for settings of kind secret. Managers only."), s.listSinkKinds)
	create := change(http.MethodPost, "create-sink", sinksPath, tagSinks, "Make a sink",
		"It begins where `start` says: with what arrives from now on, with the beginning of the log, or with events of a time. Managers only.")
	create.DefaultStatus = http.StatusCreated
	register(s, create, s.createSink)
	register(s, change(http.MethodPut, "update-sink", sinksPath+"/{id}", tagSinks, "Change a sink",
		"Replaces it; it goes on where it is, unless `begin_again` makes it begin where `start` says. Managers only."+versionedText), s.updateSink)
	drop := change(http.MethodDelete, "delete-sink", sinksPath+"/{id}", tagSinks, "Delete a sink", "With its place in the log and its dead letters. Managers only."+versionedText)
	drop.DefaultStatus = http.StatusNoContent
	register(s, drop, s.deleteSink)
	test := change(http.MethodPost, "test-sink", sinksPath+"/test", tagSinks, "Try a sink", "Sends one event that is marked as a test, and waits for the receiver's answer. The sink need not be kept. Managers only.")
	test.DefaultStatus = http.StatusNoContent
	register(s, test, s.testSink)
	hurry := change(http.MethodPost, "retry-sink", sinksPath+"/{id}/retry", tagSinks, "Try again now", "Ends the wait after a failure. Managers only.")
	hurry.DefaultStatus = http.StatusNoContent
	register(s, hurry, s.hurrySink)
	register(s, get("list-dead-letters", lettersPath, tagSinks, "Dead letters", "Events that a receiver refused, the last refused first. Managers only."), s.listDeadLetters)
	register(s, change(http.MethodPost, "resend-dead-letters", lettersPath+"/resend", tagSinks, "Send dead letters again", "Within seconds; those that are taken are gone then. Managers only."), s.resendDeadLetters)
	register(s, change(http.MethodPost, "drop-dead-letters", lettersPath+"/drop", tagSinks, "Give dead letters up", "The events stay in the store. Managers only."), s.dropDeadLetters)
}

type sinksBody struct {
	Items []console.Sink `json:"items"`
}

func (s *server) listSinks(ctx context.Context, _ *struct{}) (*body[sinksBody], error) {
	sinks, err := s.console.Sinks(ctx)
	if err != nil {
		return nil, err
	}
	return &body[sinksBody]{sinksBody{sinks}}, nil
}

func (s *server) listSinkKinds(ctx context.Context, _ *struct{}) (*body[console.SinkKinds], error) {
	kinds, err := s.console.SinkKinds(ctx)
	if err != nil {
		return nil, err
	}
	return &body[console.SinkKinds]{kinds}, nil
}

type createSinkInput struct{ Body console.SinkSpec }

func (s *server) createSink(ctx context.Context, in *createSinkInput) (*body[console.Sink], error) {
	made, err := s.console.MakeSink(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	return &body[console.Sink]{made}, nil
}

// sinkChange is a sink as it is to be.
type sinkChange struct {
	console.SinkSpec
	Version    int64 `json:"version" minimum:"1" doc:"The version that was looked at."`
	BeginAgain bool  `json:"begin_again,omitempty" doc:"Begins where start says, in place of going on."`
}

type updateSinkInput struct {
	DocumentParams
	Body sinkChange
}

func (s *server) updateSink(ctx context.Context, in *updateSinkInput) (*body[console.Sink], error) {
	made, err := s.console.ChangeSink(ctx, in.ID, in.Body.Version, in.Body.SinkSpec, in.Body.BeginAgain)
	if err != nil {
		return nil, err
	}
	return &body[console.Sink]{made}, nil
}

func (s *server) deleteSink(ctx context.Context, in *dropInput) (*nothing, error) {
	return &nothing{}, s.console.DropSink(ctx, in.ID, in.Version)
}

func (s *server) testSink(ctx context.Context, in *createSinkInput) (*nothing, error) {
	return &nothing{}, s.console.TestSink(ctx, in.Body)
}

func (s *server) hurrySink(ctx context.Context, in *DocumentParams) (*nothing, error) {
	return &nothing{}, s.console.HurrySink(ctx, in.ID)
}

type lettersInput struct {
	Sink   string `query:"sink" doc:"Of this sink only."`
	Cursor string `query:"cursor" doc:"next_cursor of the page before."`
}

func (s *server) listDeadLetters(ctx context.Context, in *lettersInput) (*body[console.DeadLetterPage], error) {
	page, err := s.console.DeadLetters(ctx, in.Sink, in.Cursor)
	if err != nil {
		return nil, err
	}
	return &body[console.DeadLetterPage]{page}, nil
}

type lettersChange struct{ Body console.LetterSelection }

// lettersChanged tells how many dead letters something was done with.
type lettersChanged struct {
	Count int64 `json:"count"`
}

func (s *server) resendDeadLetters(ctx context.Context, in *lettersChange) (*body[lettersChanged], error) {
	n, err := s.console.Resend(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	return &body[lettersChanged]{lettersChanged{n}}, nil
}

func (s *server) dropDeadLetters(ctx context.Context, in *lettersChange) (*body[lettersChanged], error) {
	n, err := s.console.DropDeadLetters(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	return &body[lettersChanged]{lettersChanged{n}}, nil
}
