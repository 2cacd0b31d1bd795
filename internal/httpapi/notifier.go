package httpapi

import (
	"context"
	"net/http"

	"aoc"
	"aoc/internal/console"
	"aoc/internal/notify"
)

const (
	tagNotifiers  = "notifiers"
	notifiersPath = "/api/notifiers"
)

func (s *server) notifierRoutes() {
	register(s, get("list-notifiers", notifiersPath, tagNotifiers, "Who is told of alerts", "All notifiers, by name, with how they are. Managers only."), s.listNotifiers)
	register(s, get("list-notifier-kinds", notifiersPath+"/kinds", tagNotifiers, "Kinds of notifier",
		"With their settings, and the names of the secrets that can be given for settings of kind secret. Managers only."), s.listNotifierKinds)
	create := change(http.MethodPost, "create-notifier", notifiersPath, tagNotifiers, "Make a notifier",
		"It tells of alerts that are raised from now on about events as they are collected: not of imports, nor of what running a rule over the past raises. Managers only.")
	create.DefaultStatus = http.StatusCreated
	register(s, create, s.createNotifier)
	register(s, change(http.MethodPut, "update-notifier", notifiersPath+"/{id}", tagNotifiers, "Change a notifier", "Replaces it; what waits stays. Managers only."+versionedText), s.updateNotifier)
	drop := change(http.MethodDelete, "delete-notifier", notifiersPath+"/{id}", tagNotifiers, "Delete a notifier", "What waits for it is told nobody. Managers only."+versionedText)
	drop.DefaultStatus = http.StatusNoContent
	register(s, drop, s.deleteNotifier)
	register(s, change(http.MethodPost, "test-notifier", notifiersPath+"/test", tagNotifiers, "Test a notifier",
		"Sends a message that is clearly a test, by the notifier with an id as it is kept, or as it is described, and tells how that went. Nothing is kept. Managers only."), s.testNotifier)
}

type notifiersBody struct {
	Items []console.Notifier `json:"items"`
}

func (s *server) listNotifiers(ctx context.Context, _ *struct{}) (*body[notifiersBody], error) {
	all, err := s.console.Notifiers(ctx)
	if err != nil {
		return nil, err
	}
	return &body[notifiersBody]{notifiersBody{all}}, nil
}

func (s *server) listNotifierKinds(ctx context.Context, _ *struct{}) (*body[console.NotifierKinds], error) {
	kinds, err := s.console.NotifierKinds(ctx)
	if err != nil {
		return nil, err
	}
	return &body[console.NotifierKinds]{kinds}, nil
}

type createNotifierInput struct{ Body notify.NotifierSpec }

func (s *server) createNotifier(ctx context.Context, in *createNotifierInput) (*body[console.Notifier], error) {
	n, err := s.console.MakeNotifier(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	return &body[console.Notifier]{n}, nil
}

// notifierChange is a notifier as it is to be.
type notifierChange struct {
	notify.NotifierSpec
	Version int64 `json:"version" minimum:"1" doc:"The version that was looked at."`
}

type updateNotifierInput struct {
	DocumentParams
	Body notifierChange
}

func (s *server) updateNotifier(ctx context.Context, in *updateNotifierInput) (*body[console.Notifier], error) {
	n, err := s.console.ChangeNotifier(ctx, in.ID, in.Body.Version, in.Body.NotifierSpec)
	if err != nil {
		return nil, err
	}
	return &body[console.Notifier]{n}, nil
}

func (s *server) deleteNotifier(ctx context.Context, in *dropInput) (*nothing, error) {
	return &nothing{}, s.console.DropNotifier(ctx, in.ID, in.Version)
}

// notifierToTest says what to test.
type notifierToTest struct {
	ID string `json:"id,omitempty" maxLength:"64" doc:"Of a kept notifier; it is tested as it is kept unless notifier is given."`
	// Notifier is one as it is to be.
	Notifier *notify.NotifierSpec `json:"notifier,omitempty" doc:"A notifier, kept or not."`
}

type testNotifierInput struct{ Body notifierToTest }

func (s *server) testNotifier(ctx context.Context, in *testNotifierInput) (*body[console.NotifierTest], error) {
	if in.Body.ID == "" && in.Body.Notifier == nil {
		return nil, aoc.Errorf(aoc.CodeInvalid, "httpapi.notifier", "give the id of a notifier, or a notifier")
	}
	result, err := s.console.TestNotifier(ctx, in.Body.ID, in.Body.Notifier)
	if err != nil {
		return nil, err
	}
	return &body[console.NotifierTest]{result}, nil
}
