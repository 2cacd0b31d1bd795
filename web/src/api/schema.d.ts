// Written by `npm run api` from the API itself; do not edit.

export interface paths {
    "/api/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Alerts
         * @description Newest first, with counts by state and severity.
         */
        get: operations["list-alerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An alert
         * @description With the version that a change of it has to name.
         */
        get: operations["get-alert"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change an alert
         * @description Acknowledges, closes with a reason, assigns, snoozes, comments. 409 when somebody else has changed it since that version; events that come to it do not count as that.
         */
        patch: operations["change-alert"];
        trace?: never;
    };
    "/api/ask": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answer a question
         * @description A question in English, and the filters that the explorer shows: the answer rests on nothing outside of them. It comes with the events it rests on, the query that finds them, and for each of its statements whether the events that it cites are there. Without a language model the question is read by rules. With Accept: text/event-stream each `step` says what is looked for, as it begins, and the last event is the `answer` or an `error`. Only where AI_FEATURES_ENABLED is on.
         */
        post: operations["ask"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/change-windows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Change windows
         * @description All of them, by title.
         */
        get: operations["list-change-windows"];
        put?: never;
        /**
         * Agree on a change window
         * @description Events that fall in it show a review of expected by the window, unless a person reviews them; deleting it takes that back. Local times keep their hour when clocks change.
         */
        post: operations["create-change-window"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/change-windows/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change a change window
         * @description Replaces it. 409 when somebody has changed it since that version.
         */
        put: operations["update-change-window"];
        post?: never;
        /**
         * Delete a change window
         * @description What it marked as expected is unreviewed again. 409 when somebody has changed it since that version.
         */
        delete: operations["delete-change-window"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/change-windows/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a change window would do
         * @description How many stored events fall in it, the newest of them, and when it opens next. Nothing is kept.
         */
        post: operations["preview-change-window"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/collections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The last collections
         * @description Of all processes that share the store, newest first.
         */
        get: operations["list-fetches"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What can be typed
         * @description Proposes fields, keywords and real values at a place of q: each item's insert replaces q[from:to]. Counts are of what the other terms and filters select.
         */
        get: operations["complete-query"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/config/features": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the service can do */
        get: operations["get-features"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/coverage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is proved to be collected
         * @description Windows, hours, gaps and losses of every feed, with a statement of completeness.
         */
        get: operations["get-coverage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/edits/{batch}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Undo a batch of edits
         * @description Gives every event the tags and the review it had, except where somebody has changed them since. Comments stay.
         */
        post: operations["undo-edits"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/entities/{kind}/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A user, app, device, group, address or other object
         * @description What it did and what was done to it. An object id or principal name stands for all of the object's other ones, a name for nothing but itself, since several can have it. One that no event names has a total of 0.
         */
        get: operations["get-entity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search events
         * @description One page of events, newest first. Values of one filter are alternatives, filters and search terms must all hold. Follow next_cursor for the next page: pages are stable while events arrive. When complete is false, every matching event at or after complete_until is in the pages so far, and next_cursor goes on from there. A stream after last_seq tells of everything that arrives later.
         */
        get: operations["list-events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One event
         * @description By key, or by the source's own id; when an id stands for several events the answer is 409 with the candidates.
         */
        get: operations["get-event"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{id}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Comment on an event
         * @description Markdown. Comments stay for ever. Answers the event.
         */
        post: operations["comment-event"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{id}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Explain an event
         * @description What happened, why it matters, whether it is usual for who did it (counted in what is stored), what kind of attack it could be part of, and what to look at next. With a language model, its words for these facts, whose citations were checked. Streams as /api/ask does; a `draft` before the answer has the facts, while the model writes. Only where AI_FEATURES_ENABLED is on.
         */
        post: operations["explain-event"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who did what to an event
         * @description Every tag, comment and review, oldest first, with what was there before and after.
         */
        get: operations["list-event-edits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{id}/names": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Names of the GUIDs in an event
         * @description By GUID in lower case; those that nobody knows are left out. Names come from the directory, from what every tenant has alike, and from the newest events that know the id and a name.
         */
        get: operations["get-event-names"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{id}/raw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The record of an event
         * @description Byte for byte as it was received, as a download.
         */
        get: operations["get-event-raw"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{id}/related": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happened around an event
         * @description Events within hours before and after that have the actor, a target, the address or the correlation id in common. q, start and end show all of them in the explorer.
         */
        get: operations["list-related-events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/{id}/review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Review an event
         * @description An empty state takes the review away. Answers the event. X-AOC-Batch undoes it (POST /api/edits/{batch}/undo); it is absent when nothing changed.
         */
        patch: operations["review-event"];
        trace?: never;
    };
    "/api/events/{id}/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Tag an event
         * @description tags replaces all tags; add and remove amend them. Answers the event. X-AOC-Batch undoes it (POST /api/edits/{batch}/undo); it is absent when nothing changed.
         */
        patch: operations["tag-event"];
        trace?: never;
    };
    "/api/events/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The versions of an event's record
         * @description Oldest first; more than one when the event arrived again with other content.
         */
        get: operations["list-event-versions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a selection
         * @description All events of it, newest first, as a file: CSV that a spreadsheet runs nothing of, or JSON Lines with the whole events. A connection that breaks before its end means that the file is not complete.
         */
        get: operations["export-events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/histogram": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events over time
         * @description How many of the events that pass the filters happened when, by result. Empty bars are left out. Without width there are at most 120 bars.
         */
        get: operations["get-event-histogram"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Review many events
         * @description Those named by keys (at most 1000), or all that select selects (at most 100,000), in one batch that can be undone.
         */
        patch: operations["review-events"];
        trace?: never;
    };
    "/api/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events as they arrive
         * @description Server-sent events. Each `events` tells how many events of the selection have arrived since the last one and holds the newest 50; its id is the place in the log to go on from, which browsers send as Last-Event-ID. `reset` says that too much has arrived since that place: load the list anew. A comment every 15 seconds keeps the connection open. Rights are checked again meanwhile: it ends when the session has ended or the token been revoked.
         */
        get: operations["stream-events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a selection holds
         * @description How many events there are, the first and last time, the most frequent values of fields, and events over time by result: counted together, so that all figures agree.
         */
        get: operations["get-event-summary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/events/tags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Tag many events
         * @description Those named by keys (at most 1000), or all that select selects (at most 100,000), in one batch that can be undone.
         */
        patch: operations["tag-events"];
        trace?: never;
    };
    "/api/facets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Values of one field
         * @description The values a field has in a selection, most frequent first; contains searches among all of them.
         */
        get: operations["get-facet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fetch-audit-logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Collect now
         * @description Starts a collection, or joins the one under way when that does all that is asked for. Answers 200 with the outcome, or after 60 seconds, or as many as wait says, 202 with Location: where to ask how it goes. Faults of single sources are warnings, not errors.
         */
        get: operations["fetch-audit-logs"];
        put?: never;
        /**
         * Collect now
         * @description Starts a collection, or joins the one under way when that does all that is asked for. Answers 200 with the outcome, or after 60 seconds, or as many as wait says, 202 with Location: where to ask how it goes. Faults of single sources are warnings, not errors.
         */
        post: operations["start-fetch-audit-logs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/fetch-audit-logs/{run}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How a collection goes
         * @description One of the last collections, of all processes that share the store.
         */
        get: operations["get-fetch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/filter-options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Values to filter by
         * @description The values events have, with counts, most frequent first; at most 200 of each field. Actors are counted by display name.
         */
        get: operations["get-filter-options"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import a file
         * @description The body is the file's bytes: an export of Purview, Entra or Intune, JSON, JSON Lines or CSV, packed or not; what it is shows in its content. Answers when all of it has arrived; its import then goes on, after those that came before. 422 about tenant when the records do not say whose they are: send the file again with tenant.
         */
        post: operations["import-file"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/imports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How an import goes
         * @description One of the last imports, of all processes that share the store.
         */
        get: operations["get-import"];
        put?: never;
        post?: never;
        /**
         * Cancel an import
         * @description What was read before stays stored. One that has ended is left as it is.
         */
        delete: operations["cancel-import"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who you are
         * @description And what you may do. 401 for those who are not signed in.
         */
        get: operations["get-me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifiers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is told of alerts
         * @description All notifiers, by name, with how they are. Managers only.
         */
        get: operations["list-notifiers"];
        put?: never;
        /**
         * Make a notifier
         * @description It tells of alerts that are raised from now on about events as they are collected: not of imports, nor of what running a rule over the past raises. Managers only.
         */
        post: operations["create-notifier"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifiers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change a notifier
         * @description Replaces it; what waits stays. Managers only. 409 when somebody has changed it since that version.
         */
        put: operations["update-notifier"];
        post?: never;
        /**
         * Delete a notifier
         * @description What waits for it is told nobody. Managers only. 409 when somebody has changed it since that version.
         */
        delete: operations["delete-notifier"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifiers/kinds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Kinds of notifier
         * @description With their settings, and the names of the secrets that can be given for settings of kind secret. Managers only.
         */
        get: operations["list-notifier-kinds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifiers/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test a notifier
         * @description Sends a message that is clearly a test, by the notifier with an id as it is kept, or as it is described, and tells how that went. Nothing is kept. Managers only.
         */
        post: operations["test-notifier"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/review/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What waits for review
         * @description Administrative changes that no person has reviewed and no change window expects, by actor and operation. Each group's q finds its events, also for bulk review.
         */
        get: operations["get-review-queue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Rules
         * @description All of them, by name, with whether they can fire and what they lack.
         */
        get: operations["list-rules"];
        put?: never;
        /**
         * Make a rule
         * @description Of conditions, or of a Sigma rule in YAML. One that names fields or sources that AOC does not have is kept, and its report says so; one that is no rule is refused.
         */
        post: operations["create-rule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A rule
         * @description With the version that a change of it has to name.
         */
        get: operations["get-rule"];
        /**
         * Change a rule
         * @description Replaces it. Alerts of the version before stay. 409 when somebody has changed it since that version.
         */
        put: operations["update-rule"];
        post?: never;
        /**
         * Delete a rule
         * @description Alerts that it raised stay. 409 when somebody has changed it since that version.
         */
        delete: operations["delete-rule"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rules/{id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far a run over the past is
         * @description Of the last one that was asked for; `none` without.
         */
        get: operations["get-rule-run"];
        put?: never;
        /**
         * Run a rule over the past
         * @description Raises the alerts that it would have raised of what is stored; nobody is notified of them. Alerts that are there already become whole.
         */
        post: operations["run-rule"];
        /**
         * Cancel a run over the past
         * @description Alerts that it has raised stay.
         */
        delete: operations["cancel-rule-run"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rules/load": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Load files of rules
         * @description Sigma files. Loading them again takes up what has changed, and leaves alone whether they are enabled, and exclusions.
         */
        post: operations["load-rules"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/rules/try": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a rule on what is stored
         * @description JSON Lines: `{"read","matched"}` while it goes on, then one with `result`, or with `error`. Closing the connection cancels it. Nothing is raised.
         */
        post: operations["try-rule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/saved-searches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Saved searches
         * @description All of them, by name; everybody sees the same.
         */
        get: operations["list-saved-searches"];
        put?: never;
        /**
         * Save a search
         * @description Keeps a view of the explorer under a name.
         */
        post: operations["create-saved-search"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/saved-searches/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change a saved search
         * @description Replaces it. 409 when somebody has changed it since that version.
         */
        put: operations["update-saved-search"];
        post?: never;
        /**
         * Delete a saved search
         * @description It is gone for everybody. 409 when somebody has changed it since that version.
         */
        delete: operations["delete-saved-search"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Browsers that are signed in
         * @description Newest first: everybody's for managers, else one's own.
         */
        get: operations["list-sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Sign a browser out
         * @description It ends at once. Managers may end everybody's, others their own.
         */
        delete: operations["end-session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sinks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sinks
         * @description All receivers that events are sent to, by name, with how far each is and what is wrong. Managers only.
         */
        get: operations["list-sinks"];
        put?: never;
        /**
         * Make a sink
         * @description It begins where `start` says: with what arrives from now on, with the beginning of the log, or with events of a time. Managers only.
         */
        post: operations["create-sink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sinks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change a sink
         * @description Replaces it; it goes on where it is, unless `begin_again` makes it begin where `start` says. Managers only. 409 when somebody has changed it since that version.
         */
        put: operations["update-sink"];
        post?: never;
        /**
         * Delete a sink
         * @description With its place in the log and its dead letters. Managers only. 409 when somebody has changed it since that version.
         */
        delete: operations["delete-sink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sinks/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try again now
         * @description Ends the wait after a failure. Managers only.
         */
        post: operations["retry-sink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sinks/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Dead letters
         * @description Events that a receiver refused, the last refused first. Managers only.
         */
        get: operations["list-dead-letters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sinks/dead-letters/drop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give dead letters up
         * @description The events stay in the store. Managers only.
         */
        post: operations["drop-dead-letters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sinks/dead-letters/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send dead letters again
         * @description Within seconds; those that are taken are gone then. Managers only.
         */
        post: operations["resend-dead-letters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sinks/kinds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Kinds of sink
         * @description With the settings of each, and the names of the secrets that can be given for settings of kind secret. Managers only.
         */
        get: operations["list-sink-kinds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sinks/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a sink
         * @description Sends one event that is marked as a test, and waits for the receiver's answer. The sink need not be kept. Managers only.
         */
        post: operations["test-sink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/source-health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How every feed is
         * @description State, watermark, backlog, what will be lost when, the last fault with its remedy, and how late records arrive.
         */
        get: operations["get-source-health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * API tokens
         * @description Newest first, without their secrets. Managers only.
         */
        get: operations["list-tokens"];
        put?: never;
        /**
         * Make an API token
         * @description For scripts and MCP clients. `secret` is told this once: send it as `Authorization: Bearer …`. Managers only.
         */
        post: operations["make-token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API token
         * @description Within seconds nobody is let in by it. Managers only.
         */
        delete: operations["revoke-token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The version of the service */
        get: operations["get-version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/graph": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change notifications of Microsoft Graph
         * @description Takes notifications as hints to collect soon; nothing else in them is used or trusted. Always answers 202, or the validation token that was sent.
         */
        post: operations["receive-notifications"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the service works
         * @description 503 when the data cannot be reached; it answers within seconds then, too.
         */
        get: operations["get-health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the process answers
         * @description Looks at nothing else: a store that is away is no reason to restart.
         */
        get: operations["get-live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether requests can be served
         * @description The same as /health, for orchestrators.
         */
        get: operations["get-ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Activity: {
            histogram: components["schemas"]["Histogram"];
            /** @description The most frequent ones. */
            operations: components["schemas"]["FacetValue"][];
            /** @description Finds them in the explorer. */
            q: string;
            /** Format: int64 */
            total: number;
        };
        Actor: {
            app_id?: string;
            app_name?: string;
            id?: string;
            name?: string;
            upn?: string;
        };
        Alert: {
            assignee?: string;
            /** Format: date-time */
            at?: string;
            by?: string;
            comments?: components["schemas"]["Comment"][];
            /** Format: int64 */
            count: number;
            /** Format: int64 */
            edited?: number;
            events: string[];
            /** Format: date-time */
            first: string;
            group: components["schemas"]["AlertValue"][];
            id: string;
            /** Format: date-time */
            last: string;
            origin: string;
            past?: boolean;
            /** Format: date-time */
            raised_at: string;
            reason?: string;
            /** Format: date-time */
            received_at: string;
            rule_id: string;
            /** Format: int64 */
            rule_version: number;
            severity: string;
            /** Format: date-time */
            snoozed_until?: string;
            state: string;
            summary: string;
            tags: string[];
            tenant_id: string;
            title: string;
            /** Format: int64 */
            up_to: number;
            /** Format: int64 */
            version: number;
        };
        AlertChange: {
            /** @description Whose it is; empty for nobody's. */
            assignee?: string;
            /** @description Is added to it. */
            comment?: string;
            /** @description Why it is closed; needed for that. */
            reason?: string;
            /**
             * Format: date-time
             * @description Until when the inbox hides it.
             */
            snoozed_until?: string;
            /** @enum {string} */
            state?: "open" | "acknowledged" | "closed";
            /**
             * Format: int64
             * @description The version that was looked at.
             */
            version: number;
        };
        AlertPage: {
            items: components["schemas"]["Alert"][];
            /** @description Continues after this page; missing on the last one. */
            next_cursor?: string;
            /** @description How many there are of each severity in the selected states. */
            severities: {
                [key: string]: number;
            };
            /** @description How many there are in each state, whatever states are selected. */
            states: {
                [key: string]: number;
            };
        };
        AlertValue: {
            field: string;
            value: string;
        };
        APIToken: {
            by: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            id: string;
            /** Format: date-time */
            last_used_at?: string;
            name: string;
            role: string;
            tenants: string[];
        };
        Bucket: {
            /** Format: int64 */
            count: number;
            results: {
                [key: string]: number;
            };
            /** Format: date-time */
            start: string;
        };
        Build: {
            go: string;
            version: string;
        };
        BulkResult: {
            /** @description For undo; empty when nothing changed. */
            batch: string;
            /**
             * Format: int64
             * @description Events that are different now.
             */
            changed: number;
            /**
             * Format: int64
             * @description Events selected.
             */
            matched: number;
        };
        BulkReview: {
            /** @description Keys of events; or select. */
            keys?: string[];
            /** @example Agreed in the change board. */
            note?: string;
            /** @description Passes over events that a person has reviewed or a change window expects. */
            only_unreviewed?: boolean;
            /** @description A selection as of GET /api/events; or keys. An empty one is every event. */
            select?: components["schemas"]["Selection"];
            /**
             * @description Empty takes the review away.
             * @example expected
             * @enum {string}
             */
            state: "expected" | "unexpected" | "investigating" | "";
            /**
             * @description Number, or address on the web.
             * @example https://tickets.contoso.example/CHG-1042
             */
            ticket?: string;
        };
        BulkTags: {
            /** @description Adds these, where they are not there in any letter case. */
            add?: string[];
            /** @description Keys of events; or select. */
            keys?: string[];
            /** @description Takes these away. */
            remove?: string[];
            /** @description A selection as of GET /api/events; or keys. An empty one is every event. */
            select?: components["schemas"]["Selection"];
            /**
             * @description Replaces all tags.
             * @example [
             *       "incident-7"
             *     ]
             */
            tags?: string[];
        };
        Candidate: {
            display_summary: string;
            key: string;
            source: string;
            tenant_id: string;
            /** Format: date-time */
            timestamp: string;
        };
        Change: {
            after: string | null;
            before: string | null;
            property: string;
            target?: string;
        };
        ChangeWindow: {
            /** @description Display name, user principal name or object id of whom it is for; none means anyone. */
            actors?: string[];
            /** Format: date-time */
            at: string;
            by: string;
            /**
             * @description Local date-time.
             * @example 2026-11-07T23:00
             */
            end?: string;
            id: string;
            /** @description Why. */
            note?: string;
            /**
             * @description A further condition in the query language, without times and reviews.
             * @example workload:Exchange is:change
             */
            q?: string;
            /**
             * @description Local date-time; together with end, in place of weekly.
             * @example 2026-11-07T20:00
             */
            start?: string;
            /** @example https://tickets.contoso.example/CHG-1042 */
            ticket?: string;
            /** @example Mail platform maintenance */
            title: string;
            /** Format: int64 */
            version: number;
            /** @description Open every week, in place of start and end. */
            weekly?: components["schemas"]["WeeklyHours"];
            /**
             * @description IANA time zone of the local times below.
             * @example Europe/Berlin
             */
            zone: string;
        };
        ChangeWindowChange: {
            /** @description Display name, user principal name or object id of whom it is for; none means anyone. */
            actors?: string[];
            /**
             * @description Local date-time.
             * @example 2026-11-07T23:00
             */
            end?: string;
            /** @description Why. */
            note?: string;
            /**
             * @description A further condition in the query language, without times and reviews.
             * @example workload:Exchange is:change
             */
            q?: string;
            /**
             * @description Local date-time; together with end, in place of weekly.
             * @example 2026-11-07T20:00
             */
            start?: string;
            /** @example https://tickets.contoso.example/CHG-1042 */
            ticket?: string;
            /** @example Mail platform maintenance */
            title: string;
            /**
             * Format: int64
             * @description The version that was looked at.
             */
            version: number;
            /** @description Open every week, in place of start and end. */
            weekly?: components["schemas"]["WeeklyHours"];
            /**
             * @description IANA time zone of the local times below.
             * @example Europe/Berlin
             */
            zone: string;
        };
        ChangeWindows: {
            items: components["schemas"]["ChangeWindow"][];
        };
        ChangeWindowSpec: {
            /** @description Display name, user principal name or object id of whom it is for; none means anyone. */
            actors?: string[];
            /**
             * @description Local date-time.
             * @example 2026-11-07T23:00
             */
            end?: string;
            /** @description Why. */
            note?: string;
            /**
             * @description A further condition in the query language, without times and reviews.
             * @example workload:Exchange is:change
             */
            q?: string;
            /**
             * @description Local date-time; together with end, in place of weekly.
             * @example 2026-11-07T20:00
             */
            start?: string;
            /** @example https://tickets.contoso.example/CHG-1042 */
            ticket?: string;
            /** @example Mail platform maintenance */
            title: string;
            /** @description Open every week, in place of start and end. */
            weekly?: components["schemas"]["WeeklyHours"];
            /**
             * @description IANA time zone of the local times below.
             * @example Europe/Berlin
             */
            zone: string;
        };
        Claim: {
            events: string[];
            problem?: string;
            supported: boolean;
            /** @description Safe Markdown, with its citations. */
            text: string;
        };
        Comment: {
            /** Format: date-time */
            at: string;
            author: string;
            text: string;
        };
        Completion: {
            /** @description The field whose value is being typed; else empty. */
            field: string;
            /**
             * Format: int64
             * @description Items replace q[from:to]; offsets count UTF-16 code units.
             */
            from: number;
            items: components["schemas"]["Proposal"][];
            /**
             * @description What is being typed.
             * @enum {string}
             */
            kind: "field" | "value" | "keyword" | "none";
            /** Format: int64 */
            to: number;
        };
        Condition: {
            /**
             * @description operation, actor, target, result, source, service, workload, ip, changed, …, or a field of the record by its path.
             * @example operation
             */
            field: string;
            not?: boolean;
            /**
             * @description is, contains, starts_with, ends_with, like, matches, in_network, exists, null, lt, lte, gt, gte
             * @example contains
             */
            operator: string;
            /** @description Links it to the one before by or; and binds tighter. */
            or?: boolean;
            /**
             * @description One text or number, or several, of which any has to match.
             * @example Add member to role
             */
            value?: unknown;
        };
        Count: {
            /** Format: int64 */
            count: number;
            field?: string;
            value: string;
        };
        Counts: {
            /** Format: int64 */
            duplicate: number;
            /** Format: int64 */
            new: number;
            /** Format: int64 */
            quarantined: number;
            /** Format: int64 */
            read: number;
            /** Format: int64 */
            revision: number;
        };
        Coverage: {
            complete: boolean;
            feeds: components["schemas"]["FeedCoverage"][];
            /** Format: date-time */
            generated_at: string;
            span: components["schemas"]["Window"];
            statement: string;
        };
        CoverageTotals: {
            /** Format: int64 */
            closed: number;
            counts: components["schemas"]["Counts"];
            /** Format: int64 */
            late_new: number;
            lost?: string;
            /** Format: int64 */
            sweeps: number;
            /** Format: int64 */
            units_expired: number;
            /** Format: int64 */
            units_listed: number;
            /** Format: int64 */
            units_open: number;
            /** Format: int64 */
            units_stored: number;
            /** Format: int64 */
            windows: number;
        };
        DeadLetter: {
            /** Format: date-time */
            at: string;
            /** Format: date-time */
            event_at: string;
            /** Format: date-time */
            first_at: string;
            id: string;
            key: string;
            reason: string;
            sink: string;
            state: string;
            summary: string;
            tenant_id: string;
            /** Format: int64 */
            times: number;
        };
        DeadLetterPage: {
            items: components["schemas"]["DeadLetter"][];
            /** @description Continues after this page; missing on the last one. */
            next_cursor?: string;
            sinks: {
                [key: string]: number;
            };
        };
        Edit: {
            /** @enum {string} */
            action: "tags" | "comment" | "review";
            /** @description The same after the edit; null where there is none. */
            after: unknown;
            /** Format: date-time */
            at: string;
            /** @description Undoes it, together with what was done at once. */
            batch?: string;
            /** @description A list of tags, a comment or a review; null where there was none. */
            before: unknown;
            by: string;
            /**
             * Format: int64
             * @description Order of edits in this store.
             */
            seq: number;
        };
        Edits: {
            items: components["schemas"]["Edit"][];
        };
        Entity: {
            /** @description Ids and names in events that mean it, the one asked for among them. */
            aliases: string[];
            /** @description What it did; for an address, what came from it. */
            by: components["schemas"]["Activity"];
            /** @description Administrative changes that it made, newest first; at most 20. */
            changes_by: components["schemas"]["Event"][];
            /** @description Administrative changes made to it, newest first; at most 20. */
            changes_to: components["schemas"]["Event"][];
            /**
             * Format: date-time
             * @description Its oldest event; absent when there is none.
             */
            first?: string;
            /** @description As it was asked for. */
            id: string;
            /** @enum {string} */
            kind: "user" | "app" | "device" | "group" | "address" | "object";
            /** Format: date-time */
            last?: string;
            /** @description As it is known to people; the id where it is not. */
            name: string;
            /** @description What was done to it. */
            to: components["schemas"]["Activity"];
            /** Format: int64 */
            total: number;
        };
        Event: {
            actor: components["schemas"]["Actor"];
            actor_display: string;
            actor_kind: string;
            changes: components["schemas"]["Change"][];
            client_ip?: string;
            comments: components["schemas"]["Comment"][];
            correlation_id?: string;
            dedupe_key: string;
            display_summary: string;
            id: string;
            key: string;
            operation: string;
            origin: string;
            /** @description The newest record. A string in the rare case that it is not JSON that can be passed on; null where it was not asked for. */
            raw: unknown;
            /** Format: date-time */
            received_at: string;
            record_type: string;
            result: string;
            result_reason?: string;
            review: components["schemas"]["Review"] | null;
            /** Format: int64 */
            revisions: number;
            /** Format: int64 */
            seq: number;
            service: string;
            source: string;
            tags: string[];
            target_displays: string[];
            targets: components["schemas"]["Target"][];
            tenant_id: string;
            time_flag?: string;
            /** Format: date-time */
            timestamp: string;
            workload: string;
        };
        EventPage: {
            complete: boolean;
            /**
             * Format: date-time
             * @description The answer holds for events at or after this time; absent when complete.
             */
            complete_until?: string;
            items: components["schemas"]["Event"][];
            /**
             * Format: int64
             * @description The place in the log before the search: where a stream can begin.
             */
            last_seq: number;
            /** @description null when there is nothing further. */
            next_cursor: string | null;
            /** Format: int64 */
            page_size: number;
        };
        Exclusion: {
            /** Format: date-time */
            at?: string;
            by?: string;
            /** @example aoc.actor */
            field: string;
            note?: string;
            value: string;
        };
        Facet: {
            /**
             * Format: int64
             * @description How many values there are.
             */
            distinct: number;
            field: string;
            /**
             * Format: int64
             * @description Events without a value.
             */
            missing: number;
            /** @description Most frequent first. */
            values: components["schemas"]["FacetValue"][];
        };
        FacetPage: {
            complete: boolean;
            /** Format: date-time */
            complete_until?: string;
            /**
             * Format: int64
             * @description How many values there are.
             */
            distinct: number;
            field: string;
            /**
             * Format: int64
             * @description Events without a value.
             */
            missing: number;
            /**
             * Format: int64
             * @description Events of the selection.
             */
            total: number;
            /** @description Most frequent first. */
            values: components["schemas"]["FacetValue"][];
        };
        FacetValue: {
            /** Format: int64 */
            count: number;
            value: string;
        };
        FactAlert: {
            id: string;
            rule_id: string;
            severity: string;
            state: string;
            title: string;
        };
        Fault: {
            /** Format: date-time */
            at: string;
            code: string;
            hint?: string;
            message: string;
            upstream?: string;
        };
        Features: {
            ai_features_enabled: boolean;
            ai_model: string;
            ai_provider: string;
            alerts_enabled: boolean;
            auth_enabled: boolean;
            cloud: string;
            collection_enabled: boolean;
            /** Format: int64 */
            fetch_interval_minutes: number;
            periodic_fetch_enabled: boolean;
            /** Format: int64 */
            retention_days: number;
            siem_enabled: boolean;
            sources: string[];
            store: string;
            version: string;
            webhook_enabled: boolean;
        };
        Feed: {
            collector: string;
            stream?: string;
            tenant_id: string;
        };
        FeedCoverage: {
            complete: boolean;
            feed: components["schemas"]["Feed"];
            /** Format: date-time */
            from?: string;
            gaps: components["schemas"]["Gap"][];
            hours: components["schemas"]["Hour"][];
            lag: components["schemas"]["Lag"];
            losses: components["schemas"]["Loss"][];
            name: string;
            statement: string;
            title: string;
            totals: components["schemas"]["CoverageTotals"];
            /** Format: date-time */
            watermark?: string;
            windows: components["schemas"]["LedgerWindow"][];
        };
        FeedHealth: {
            /** Format: date-time */
            data_loss_at?: string;
            /** Format: int64 */
            failing_units: number;
            feed: components["schemas"]["Feed"];
            lag: components["schemas"]["Lag"];
            /** Format: double */
            lag_median_seconds: number;
            /** Format: double */
            lag_p95_seconds: number;
            last_fault?: components["schemas"]["Fault"];
            /** Format: date-time */
            last_success?: string;
            losses: components["schemas"]["Loss"][];
            name: string;
            /** Format: int64 */
            open_units: number;
            /** Format: int64 */
            open_windows: number;
            permissions?: string[];
            /** Format: date-time */
            retry_at?: string;
            source: string;
            state: string;
            title: string;
            warning?: string;
            /** Format: date-time */
            watermark?: string;
        };
        FeedReport: {
            counts: components["schemas"]["Counts"];
            error?: components["schemas"]["Fault"];
            feed: components["schemas"]["Feed"];
            /** Format: date-time */
            finished_at?: string;
            /** Format: int64 */
            losses: number;
            name: string;
            /** Format: date-time */
            next_attempt?: string;
            /** Format: date-time */
            started_at?: string;
            state: string;
            title: string;
            /** Format: int64 */
            units_expired: number;
            /** Format: int64 */
            units_failed: number;
            /** Format: int64 */
            units_listed: number;
            /** Format: int64 */
            units_stored: number;
            warnings: string[];
            /** Format: date-time */
            watermark?: string;
            /** Format: int64 */
            windows_closed: number;
            /** Format: int64 */
            windows_planned: number;
            /** Format: int64 */
            windows_swept: number;
        };
        Fetches: {
            items: components["schemas"]["Report"][];
        };
        FetchResult: {
            complete: boolean;
            counts: components["schemas"]["Counts"];
            error?: components["schemas"]["Fault"];
            feeds: components["schemas"]["FeedReport"][];
            /** Format: date-time */
            finished_at?: string;
            /** Format: int64 */
            hours?: number;
            id: string;
            joined: boolean;
            process?: string;
            /** Format: date-time */
            queued_at: string;
            /** Format: date-time */
            started_at?: string;
            state: string;
            waits_for?: string;
            warnings: string[];
        };
        FilterOptions: {
            actor: components["schemas"]["FacetValue"][];
            actor_kind: components["schemas"]["FacetValue"][];
            operation: components["schemas"]["FacetValue"][];
            result: components["schemas"]["FacetValue"][];
            service: components["schemas"]["FacetValue"][];
            source: components["schemas"]["FacetValue"][];
            tags: components["schemas"]["FacetValue"][];
            tenant: components["schemas"]["FacetValue"][];
            workload: components["schemas"]["FacetValue"][];
        };
        Gap: {
            last_error?: string;
            reason: string;
            window: components["schemas"]["Window"];
        };
        Habit: {
            text: string;
            unusual: boolean;
        };
        Health: {
            /** @enum {string} */
            database: "ok" | "unavailable";
            /**
             * Format: int64
             * @description For how long the store has not been reached.
             */
            down_seconds?: number;
            /** @description Who does the work that one process does at a time, as the one that answers last saw it. */
            leases: components["schemas"]["Lease"][];
            /**
             * @description The process that answers, of those that share the store.
             * @example host-1/4711-K3DV
             */
            process: string;
            /** @enum {string} */
            status: "ok" | "unavailable";
            /**
             * @description Where the data is: sqlite or mongodb.
             * @example sqlite
             */
            store: string;
            version: string;
        };
        HealthOfSources: {
            items: components["schemas"]["FeedHealth"][];
            /** @description Whether names of directory objects are looked up, and if not, why. */
            names: components["schemas"]["NamesStatus"];
        };
        Histogram: {
            buckets: components["schemas"]["Bucket"][];
            complete: boolean;
            /** Format: date-time */
            complete_until?: string;
            /** Format: date-time */
            end?: string;
            /** Format: date-time */
            start?: string;
            /** Format: int64 */
            total: number;
            /** Format: int64 */
            width_seconds: number;
        };
        Hour: {
            /** Format: int64 */
            duplicate: number;
            /** Format: int64 */
            expired: number;
            /** Format: int64 */
            failed: number;
            /** Format: int64 */
            fetched: number;
            /** Format: date-time */
            hour: string;
            /** Format: int64 */
            late: number;
            /** Format: int64 */
            listed: number;
            /** Format: int64 */
            new: number;
            /** Format: int64 */
            quarantined: number;
            /** Format: int64 */
            records: number;
            /** Format: int64 */
            revision: number;
            state: string;
            /** Format: int64 */
            stored: number;
        };
        HourFigures: {
            counts: components["schemas"]["Counts"];
            /** Format: date-time */
            hour: string;
            /** Format: int64 */
            late_new?: number;
            /** Format: int64 */
            units_expired: number;
            /** Format: int64 */
            units_listed: number;
            /** Format: int64 */
            units_stored: number;
        };
        KindSpec: {
            help: string;
            kind: string;
            settings: components["schemas"]["Setting"][];
            title: string;
        };
        Lag: {
            /** @description Upper bounds of the buckets. */
            bounds_seconds: number[];
            /** @description Events in each bucket, and one figure for those beyond. */
            counts: number[];
            /** Format: double */
            max_seconds: number;
            /** Format: double */
            median_seconds: number;
            /** Format: double */
            p95_seconds: number;
            /** Format: int64 */
            total: number;
        };
        Lease: {
            /**
             * @description The process that has it; empty when it was free.
             * @example host-1/4711-K3DV
             */
            holder: string;
            /** @description Whether it is the process that answers. */
            mine: boolean;
            /** @example collection */
            name: string;
        };
        LedgerWindow: {
            /** Format: int64 */
            attempts: number;
            /** Format: date-time */
            closed_at?: string;
            counts: components["schemas"]["Counts"];
            feed: components["schemas"]["Feed"];
            hours?: components["schemas"]["HourFigures"][];
            last_error?: string;
            /** Format: date-time */
            last_swept_at?: string;
            /** Format: int64 */
            late_new: number;
            /** Format: date-time */
            next_attempt?: string;
            /** Format: date-time */
            next_sweep_at?: string;
            /** Format: date-time */
            opened_at?: string;
            /** Format: date-time */
            planned_at?: string;
            state: string;
            /** Format: int64 */
            sweeps: number;
            /** Format: int64 */
            units_expired: number;
            /** Format: int64 */
            units_listed: number;
            /** Format: int64 */
            units_stored: number;
            window: components["schemas"]["Window"];
        };
        LettersChanged: {
            /** Format: int64 */
            count: number;
        };
        LetterSelection: {
            ids?: string[];
            /** @description All of this sink, in place of ids. */
            sink?: string;
        };
        Limits: {
            /** Format: int64 */
            bytes: number;
            /** Format: int64 */
            events: number;
        };
        Liveness: {
            status: string;
        };
        LoadedRule: {
            fields?: string[];
            id: string;
            path: string;
            placeholders?: string[];
            problems?: string[];
            sources?: string[];
            /** @enum {string} */
            state: "can_fire" | "source_off" | "unmapped" | "invalid";
            title: string;
        };
        LoadFailed: {
            error: string;
            path: string;
        };
        LoadReport: {
            /** Format: int64 */
            can_fire: number;
            failed: components["schemas"]["LoadFailed"][];
            /**
             * Format: int64
             * @description Rules that are kept.
             */
            loaded: number;
            rules: components["schemas"]["LoadedRule"][];
            /**
             * Format: int64
             * @description Rules whose records are not collected.
             */
            source_off: number;
            /**
             * Format: int64
             * @description Rules that name fields that their records do not have.
             */
            unmapped: number;
        };
        Loss: {
            hint?: string;
            reason: string;
            /** Format: int64 */
            units: number;
            window: components["schemas"]["Window"];
        };
        MadeToken: {
            by: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            expires_at: string;
            id: string;
            /** Format: date-time */
            last_used_at?: string;
            name: string;
            role: string;
            /**
             * @description Told this once.
             * @example aoc_…
             */
            secret: string;
            tenants: string[];
        };
        Me: {
            /** @example ada@contoso.example */
            name: string;
            /** @description What they may do. */
            rights: string[];
            /** @enum {string} */
            role: "reader" | "analyst" | "member" | "manager";
            /** @description The tenants they may see; empty: all. */
            tenants: string[];
            /**
             * @description How they were recognised; local where nobody signs in.
             * @enum {string}
             */
            via: "local" | "session" | "bearer" | "token";
        };
        Names: {
            items: {
                [key: string]: components["schemas"]["ObjectName"];
            };
        };
        NamesStatus: {
            enabled: boolean;
            hint?: string;
            /** Format: int64 */
            known: number;
            reason?: string;
        };
        Note: {
            /** @description As people say it. */
            meaning: string;
            /** @description The same in the query language. */
            q?: string;
            /** @description Of the question. */
            words: string;
        };
        Notifier: {
            /** Format: date-time */
            at: string;
            /** @description Go template of the text; empty: AOC's own. */
            body_template?: string;
            by: string;
            /**
             * Format: int64
             * @description For how many minutes alerts are gathered into one message; 0: each has its own.
             */
            digest_minutes?: number;
            enabled: boolean;
            id: string;
            /**
             * @description One of the kinds.
             * @example teams
             */
            kind: string;
            /**
             * Format: int64
             * @description The most messages within an hour; what is beyond is told in one, with how many more there are. 0: 30.
             */
            most_per_hour?: number;
            /** @example Security on call */
            name: string;
            /** @description Ids of rules; none: all. */
            rules?: string[];
            /** @description By the names of the kind's settings. Secrets are named, never given. */
            settings: {
                [key: string]: string;
            };
            /**
             * @description The least severity; none: all.
             * @enum {string}
             */
            severity?: "informational" | "low" | "medium" | "high" | "critical";
            status: components["schemas"]["NotifierStatus"];
            /** @description Ids of tenants; none: all. */
            tenants?: string[];
            /** @description Go template of the title; empty: AOC's own. */
            title_template?: string;
            /** Format: int64 */
            version: number;
        };
        NotifierChange: {
            /** @description Go template of the text; empty: AOC's own. */
            body_template?: string;
            /**
             * Format: int64
             * @description For how many minutes alerts are gathered into one message; 0: each has its own.
             */
            digest_minutes?: number;
            enabled: boolean;
            /**
             * @description One of the kinds.
             * @example teams
             */
            kind: string;
            /**
             * Format: int64
             * @description The most messages within an hour; what is beyond is told in one, with how many more there are. 0: 30.
             */
            most_per_hour?: number;
            /** @example Security on call */
            name: string;
            /** @description Ids of rules; none: all. */
            rules?: string[];
            /** @description By the names of the kind's settings. Secrets are named, never given. */
            settings: {
                [key: string]: string;
            };
            /**
             * @description The least severity; none: all.
             * @enum {string}
             */
            severity?: "informational" | "low" | "medium" | "high" | "critical";
            /** @description Ids of tenants; none: all. */
            tenants?: string[];
            /** @description Go template of the title; empty: AOC's own. */
            title_template?: string;
            /**
             * Format: int64
             * @description The version that was looked at.
             */
            version: number;
        };
        NotifierKinds: {
            kinds: components["schemas"]["KindSpec"][];
            /** @description Names of the secrets that the operator gave the process; their values are never told. */
            secrets: string[];
        };
        NotifiersBody: {
            items: components["schemas"]["Notifier"][];
        };
        NotifierSpec: {
            /** @description Go template of the text; empty: AOC's own. */
            body_template?: string;
            /**
             * Format: int64
             * @description For how many minutes alerts are gathered into one message; 0: each has its own.
             */
            digest_minutes?: number;
            enabled: boolean;
            /**
             * @description One of the kinds.
             * @example teams
             */
            kind: string;
            /**
             * Format: int64
             * @description The most messages within an hour; what is beyond is told in one, with how many more there are. 0: 30.
             */
            most_per_hour?: number;
            /** @example Security on call */
            name: string;
            /** @description Ids of rules; none: all. */
            rules?: string[];
            /** @description By the names of the kind's settings. Secrets are named, never given. */
            settings: {
                [key: string]: string;
            };
            /**
             * @description The least severity; none: all.
             * @enum {string}
             */
            severity?: "informational" | "low" | "medium" | "high" | "critical";
            /** @description Ids of tenants; none: all. */
            tenants?: string[];
            /** @description Go template of the title; empty: AOC's own. */
            title_template?: string;
        };
        NotifierStatus: {
            /**
             * Format: int64
             * @description Of how many alerts they told.
             */
            alerts: number;
            code?: string;
            error?: string;
            /** Format: date-time */
            error_at?: string;
            /**
             * Format: int64
             * @description In a row.
             */
            failures: number;
            hint?: string;
            /**
             * Format: int64
             * @description How many were sent since it was made.
             */
            messages: number;
            /**
             * Format: date-time
             * @description When it goes on, while it is capped, retrying or misconfigured.
             */
            retry_at?: string;
            /**
             * Format: date-time
             * @description The last message.
             */
            sent_at?: string;
            /** @enum {string} */
            state: "disabled" | "waiting" | "running" | "capped" | "retrying" | "misconfigured";
            /** Format: int64 */
            waiting: number;
        };
        NotifierTest: {
            code?: string;
            /** @description The receiver has taken the message, though perhaps not for everybody: then there is an error as well. */
            delivered: boolean;
            error?: string;
            hint?: string;
        };
        NotifierToTest: {
            /** @description Of a kept notifier; it is tested as it is kept unless notifier is given. */
            id?: string;
            /** @description A notifier, kept or not. */
            notifier?: components["schemas"]["NotifierSpec"];
        };
        ObjectName: {
            /** @enum {string} */
            kind: "user" | "app" | "device" | "group" | "object";
            /** @example Ada Lovelace */
            name: string;
            /** @example ada@contoso.example */
            upn?: string;
        };
        PastRun: {
            /** Format: int64 */
            alerts: number;
            /** Format: date-time */
            asked_at: string;
            asked_by: string;
            error?: string;
            /** Format: int64 */
            known: number;
            /** Format: int64 */
            matched: number;
            /** Format: int64 */
            read: number;
            rule_id: string;
            /** Format: date-time */
            start?: string;
            /** @enum {string} */
            state: "none" | "waiting" | "running" | "done" | "failed";
        };
        Problem: {
            /** @description The events that an id stands for. */
            candidates?: components["schemas"]["Candidate"][];
            /** @description A sentence, or with status 422 a list of {loc, msg, type}. */
            detail: unknown;
            /** @description What to do about it. */
            hint?: string;
            /** @description Where to look in the log. */
            request_id?: string;
        };
        Proposal: {
            /**
             * Format: int64
             * @description Events that have the value among those the other terms select; null where it is not counted.
             */
            count: number | null;
            /** @description The field it is a value of, or what it means. */
            detail: string;
            /** @description What to write, quoted where needed. */
            insert: string;
            /** @description What to show. */
            label: string;
        };
        Question: {
            /** @description What the explorer shows. Times in the question are in its tz, too. */
            filters?: components["schemas"]["Selection"];
            /** @example Who was added to an admin role last week? */
            question: string;
        };
        Queue: {
            complete: boolean;
            /** Format: date-time */
            complete_until?: string;
            groups: components["schemas"]["QueueGroup"][];
            /**
             * Format: int64
             * @description Changes that wait, in all groups.
             */
            total: number;
        };
        QueueGroup: {
            /** @description Display name; empty where the record names nobody. */
            actor: string;
            /** Format: int64 */
            count: number;
            /** Format: date-time */
            first: string;
            /** @enum {string} */
            kind: "person" | "app" | "system";
            /** Format: date-time */
            last: string;
            operation: string;
            /** @description Finds the group's events, in the explorer and for bulk review. */
            q: string;
        };
        Relation: {
            /** @enum {string} */
            by: "actor" | "target" | "ip" | "correlation";
            /** Format: date-time */
            end: string;
            /** @description Those nearest in time, newest first, without the event itself; at most 5. */
            events: components["schemas"]["Event"][];
            /** @description The same for people. */
            label: string;
            q: string;
            /** Format: date-time */
            start: string;
            /**
             * Format: int64
             * @description Events that q finds from start to end, this one among them.
             */
            total: number;
            /** @description What they have in common: an id or address. */
            value: string;
        };
        Relations: {
            items: components["schemas"]["Relation"][];
        };
        Remark: {
            /**
             * @description Markdown.
             * @example Asked Ada: it was **planned**.
             */
            text: string;
        };
        Report: {
            complete: boolean;
            counts: components["schemas"]["Counts"];
            error?: components["schemas"]["Fault"];
            feeds: components["schemas"]["FeedReport"][];
            /** Format: date-time */
            finished_at?: string;
            /** Format: int64 */
            hours?: number;
            id: string;
            process?: string;
            /** Format: date-time */
            queued_at: string;
            /** Format: date-time */
            started_at?: string;
            state: string;
            waits_for?: string;
            warnings: string[];
        };
        Review: {
            /** Format: date-time */
            at: string;
            by: string;
            /** Format: int64 */
            edit?: number;
            note?: string;
            state: string;
            ticket?: string;
            window?: string;
        };
        ReviewChange: {
            /**
             * Format: int64
             * @description review.edit of the review that was looked at: 409 when somebody has changed it since.
             */
            if_edit?: number;
            /** @example Agreed in the change board. */
            note?: string;
            /**
             * @description Empty takes the review away.
             * @example expected
             * @enum {string}
             */
            state: "expected" | "unexpected" | "investigating" | "";
            /**
             * @description Number, or address on the web.
             * @example https://tickets.contoso.example/CHG-1042
             */
            ticket?: string;
        };
        Rule: {
            /** Format: date-time */
            at: string;
            author: string;
            by: string;
            /** @description All must hold, but for those that begin with or. Empty where there is a Sigma rule. */
            conditions?: components["schemas"]["Condition"][];
            description: string;
            /** @description Whether it raises alerts. */
            enabled?: boolean;
            /** @description Events that have such a value do not count. */
            exclusions?: components["schemas"]["Exclusion"][];
            /** @description Fields whose values make events one alert; none: the tenant and who did it. */
            group_by?: string[];
            id: string;
            level: string;
            license: string;
            /**
             * @description What alerts are called; that of the Sigma rule where there is one.
             * @example Role granted at night
             */
            name?: string;
            pack?: string;
            /** @description The licence of what it came with, for rules that name none. */
            pack_license?: string;
            references: string[];
            /** @description Whether it can fire, and what it lacks. */
            report: components["schemas"]["RuleReport"];
            /**
             * @description Takes the place of the rule's level.
             * @enum {string}
             */
            severity?: "informational" | "low" | "medium" | "high" | "critical";
            /** @description A Sigma file in YAML, in place of conditions: one rule, or a correlation with its rules. */
            sigma?: string;
            source: string;
            tags: string[];
            title: string;
            /** Format: int64 */
            version: number;
            /**
             * Format: int64
             * @description For how long events of one group are one alert; 0: a day.
             */
            window_minutes?: number;
        };
        RuleChange: {
            /** @description All must hold, but for those that begin with or. Empty where there is a Sigma rule. */
            conditions?: components["schemas"]["Condition"][];
            /** @description Whether it raises alerts. */
            enabled?: boolean;
            /** @description Events that have such a value do not count. */
            exclusions?: components["schemas"]["Exclusion"][];
            /** @description Fields whose values make events one alert; none: the tenant and who did it. */
            group_by?: string[];
            /**
             * @description What alerts are called; that of the Sigma rule where there is one.
             * @example Role granted at night
             */
            name?: string;
            pack?: string;
            /** @description The licence of what it came with, for rules that name none. */
            pack_license?: string;
            /**
             * @description Takes the place of the rule's level.
             * @enum {string}
             */
            severity?: "informational" | "low" | "medium" | "high" | "critical";
            /** @description A Sigma file in YAML, in place of conditions: one rule, or a correlation with its rules. */
            sigma?: string;
            /**
             * Format: int64
             * @description The version that was looked at.
             */
            version: number;
            /**
             * Format: int64
             * @description For how long events of one group are one alert; 0: a day.
             */
            window_minutes?: number;
        };
        RuleFile: {
            content: string;
            /** @example cloud/azure/role.yml */
            path: string;
        };
        RuleFiles: {
            /** @description Lets new rules that can fire raise alerts. */
            enable?: boolean;
            files?: components["schemas"]["RuleFile"][];
            /**
             * @description Under what terms they may be used, for rules that do not say.
             * @example DRL 1.1
             */
            license?: string;
            /**
             * @description What they are called together.
             * @example sigmahq
             */
            pack?: string;
            /** @description Loads AOC's own rules, in place of files. */
            starter?: boolean;
        };
        RuleReport: {
            fields?: string[];
            placeholders?: string[];
            problems?: string[];
            sources?: string[];
            /** @enum {string} */
            state: "can_fire" | "source_off" | "unmapped" | "invalid";
        };
        RulesBody: {
            items: components["schemas"]["Rule"][];
        };
        RuleSpec: {
            /** @description All must hold, but for those that begin with or. Empty where there is a Sigma rule. */
            conditions?: components["schemas"]["Condition"][];
            /** @description Whether it raises alerts. */
            enabled?: boolean;
            /** @description Events that have such a value do not count. */
            exclusions?: components["schemas"]["Exclusion"][];
            /** @description Fields whose values make events one alert; none: the tenant and who did it. */
            group_by?: string[];
            /**
             * @description What alerts are called; that of the Sigma rule where there is one.
             * @example Role granted at night
             */
            name?: string;
            pack?: string;
            /** @description The licence of what it came with, for rules that name none. */
            pack_license?: string;
            /**
             * @description Takes the place of the rule's level.
             * @enum {string}
             */
            severity?: "informational" | "low" | "medium" | "high" | "critical";
            /** @description A Sigma file in YAML, in place of conditions: one rule, or a correlation with its rules. */
            sigma?: string;
            /**
             * Format: int64
             * @description For how long events of one group are one alert; 0: a day.
             */
            window_minutes?: number;
        };
        RunStart: {
            /**
             * Format: date-time
             * @description From when on; all there is without.
             */
            start?: string;
        };
        SavedSearch: {
            /** Format: date-time */
            at: string;
            by: string;
            id: string;
            /**
             * @description At most 200 bytes.
             * @example Role changes by guests
             */
            name: string;
            /** Format: int64 */
            version: number;
            /**
             * @description The explorer's query string, without the question mark.
             * @example q=operation%3A%22Add+member+to+role%22&range=7d
             */
            view: string;
        };
        SavedSearchChange: {
            /**
             * @description At most 200 bytes.
             * @example Role changes by guests
             */
            name: string;
            /**
             * Format: int64
             * @description The version that was looked at.
             */
            version: number;
            /**
             * @description The explorer's query string, without the question mark.
             * @example q=operation%3A%22Add+member+to+role%22&range=7d
             */
            view: string;
        };
        SavedSearches: {
            items: components["schemas"]["SavedSearch"][];
        };
        SavedSearchSpec: {
            /**
             * @description At most 200 bytes.
             * @example Role changes by guests
             */
            name: string;
            /**
             * @description The explorer's query string, without the question mark.
             * @example q=operation%3A%22Add+member+to+role%22&range=7d
             */
            view: string;
        };
        Selection: {
            actor?: string[];
            actor_kind?: ("person" | "app" | "system")[];
            /**
             * @description RFC 3339, or a date (its midnight in UTC).
             * @example 2026-03-02T09:30:00Z
             * @example 2026-03-02
             */
            end?: string;
            /** @enum {string} */
            noise?: "show" | "hide";
            operation?: string[];
            /**
             * @description Query language.
             * @example operation:"Update user" is:unreviewed
             */
            q?: string;
            result?: ("success" | "failure" | "partial" | "unknown")[];
            search?: string[];
            service?: string[];
            source?: ("directory" | "intune" | "unified" | "signin" | "risk" | "aoc")[];
            /**
             * @description RFC 3339, or a date (its midnight in UTC).
             * @example 2026-03-02T09:30:00Z
             * @example 2026-03-02
             */
            start?: string;
            tags?: string[];
            tenant?: string[];
            /**
             * @description IANA time zone.
             * @example Europe/Berlin
             */
            tz?: string;
            /**
             * Format: int64
             * @description Leaves out what arrived later: last_seq of the list that was looked at.
             */
            up_to_seq?: number;
            workload?: string[];
        };
        Session: {
            /** @description Where it was begun from. */
            address: string;
            /** Format: date-time */
            began_at: string;
            /** @description Whether it is the one that asks. */
            current: boolean;
            /**
             * Format: date-time
             * @description When it ends unless it is used.
             */
            expires_at: string;
            id: string;
            name: string;
        };
        SessionsBody: {
            sessions: components["schemas"]["Session"][];
        };
        Setting: {
            choices?: string[];
            default?: string;
            help: string;
            kind: string;
            /** Format: int64 */
            max?: number;
            /** Format: int64 */
            min?: number;
            name: string;
            required: boolean;
            title: string;
        };
        Sink: {
            /** Format: date-time */
            at: string;
            by: string;
            enabled?: boolean;
            /**
             * @description A query; only what it finds is sent. Empty: everything.
             * @example result:failure
             */
            filter?: string;
            /** @description Set by SIEM_ENABLED and SIEM_WEBHOOK_URL, not here. */
            fixed: boolean;
            id: string;
            /**
             * @description One of /api/sinks/kinds.
             * @example webhook
             */
            kind: string;
            /** @example SOC */
            name: string;
            /** @description collected, backfilled, imported, adopted; none: collected. */
            origins?: string[];
            /** @description Whether AOC's own audit trail is sent, too. */
            own_events?: boolean;
            /** @description Those of its kind. A secret is given by its name: the operator sets AOC_SECRET_NAME. */
            settings?: {
                [key: string]: string;
            };
            start?: components["schemas"]["SinkStart"];
            status: components["schemas"]["Status"];
            /** @description Tenants by their ids; none: all. */
            tenants?: string[];
            /** Format: int64 */
            version: number;
        };
        SinkChange: {
            /** @description Begins where start says, in place of going on. */
            begin_again?: boolean;
            enabled?: boolean;
            /**
             * @description A query; only what it finds is sent. Empty: everything.
             * @example result:failure
             */
            filter?: string;
            /**
             * @description One of /api/sinks/kinds.
             * @example webhook
             */
            kind: string;
            /** @example SOC */
            name: string;
            /** @description collected, backfilled, imported, adopted; none: collected. */
            origins?: string[];
            /** @description Whether AOC's own audit trail is sent, too. */
            own_events?: boolean;
            /** @description Those of its kind. A secret is given by its name: the operator sets AOC_SECRET_NAME. */
            settings?: {
                [key: string]: string;
            };
            start?: components["schemas"]["SinkStart"];
            /** @description Tenants by their ids; none: all. */
            tenants?: string[];
            /**
             * Format: int64
             * @description The version that was looked at.
             */
            version: number;
        };
        SinkKinds: {
            kinds: components["schemas"]["Spec"][];
            /** @description Names of the secrets that the operator gave the process; their values are never told. */
            secrets: string[];
        };
        SinksBody: {
            items: components["schemas"]["Sink"][];
        };
        SinkSpec: {
            enabled?: boolean;
            /**
             * @description A query; only what it finds is sent. Empty: everything.
             * @example result:failure
             */
            filter?: string;
            /**
             * @description One of /api/sinks/kinds.
             * @example webhook
             */
            kind: string;
            /** @example SOC */
            name: string;
            /** @description collected, backfilled, imported, adopted; none: collected. */
            origins?: string[];
            /** @description Whether AOC's own audit trail is sent, too. */
            own_events?: boolean;
            /** @description Those of its kind. A secret is given by its name: the operator sets AOC_SECRET_NAME. */
            settings?: {
                [key: string]: string;
            };
            start?: components["schemas"]["SinkStart"];
            /** @description Tenants by their ids; none: all. */
            tenants?: string[];
        };
        SinkStart: {
            /**
             * Format: date-time
             * @description For time: events of then or later, and whatever arrives from now on.
             */
            at?: string;
            /**
             * @default now
             * @enum {string}
             */
            from: "now" | "beginning" | "time";
        };
        Spec: {
            batch: components["schemas"]["Limits"];
            help: string;
            kind: string;
            settings: components["schemas"]["Setting"][];
            title: string;
        };
        Status: {
            code?: string;
            /** Format: int64 */
            dead_letters: number;
            error?: string;
            /** Format: date-time */
            error_at?: string;
            /** Format: int64 */
            failures: number;
            hint?: string;
            id: string;
            kind: string;
            /** Format: int64 */
            lag_events: number;
            /** Format: double */
            lag_seconds: number;
            name: string;
            /** Format: int64 */
            rejected: number;
            /** Format: date-time */
            retry_at?: string;
            /** Format: int64 */
            sent: number;
            /** Format: date-time */
            sent_at?: string;
            /** Format: int64 */
            seq: number;
            /** Format: date-time */
            since?: string;
            state: string;
        };
        Step: {
            /** Format: date-time */
            end?: string;
            error?: string;
            /**
             * Format: int64
             * @description How many events it showed.
             */
            events: number;
            q?: string;
            says: string;
            /** Format: date-time */
            start?: string;
            tool: string;
        };
        Suggestion: {
            /** Format: date-time */
            end: string;
            q: string;
            /** Format: date-time */
            start: string;
            text: string;
        };
        Summary: {
            complete: boolean;
            /**
             * Format: date-time
             * @description The figures hold for events at or after this time; absent when complete.
             */
            complete_until?: string;
            facets: components["schemas"]["Facet"][];
            /**
             * Format: date-time
             * @description Time of the oldest event; absent when there is none.
             */
            first?: string;
            /**
             * Format: int64
             * @description Events that noise=hide leaves out.
             */
            hidden: number;
            histogram: components["schemas"]["Histogram"];
            /**
             * Format: date-time
             * @description Time of the newest event.
             */
            last?: string;
            /** Format: int64 */
            total: number;
        };
        TagChange: {
            /** @description Adds these, where they are not there in any letter case. */
            add?: string[];
            /** @description Takes these away. */
            remove?: string[];
            /**
             * @description Replaces all tags.
             * @example [
             *       "incident-7"
             *     ]
             */
            tags?: string[];
        };
        Target: {
            id?: string;
            name?: string;
            type?: string;
            upn?: string;
        };
        Technique: {
            /** @example T1098.003 */
            id: string;
            /** @example Account Manipulation: Additional Cloud Roles */
            name: string;
        };
        TokensBody: {
            tokens: components["schemas"]["APIToken"][];
        };
        TokenSpec: {
            /**
             * Format: int64
             * @description For how many days it holds.
             * @default 90
             */
            days: number;
            /**
             * @description What it is for; what is done with it is recorded under this name.
             * @example nightly export
             */
            name: string;
            /**
             * @description What it may do: no more than you may.
             * @enum {string}
             */
            role: "reader" | "analyst" | "member" | "manager";
            /** @description The tenants it may see, by their ids; none: all. */
            tenants?: string[];
        };
        Undone: {
            /** @description Undoes the undoing; empty when nothing was undone. */
            batch: string;
            /**
             * Format: int64
             * @description Edits left as they are, because somebody has changed the same since.
             */
            kept: number;
            /**
             * Format: int64
             * @description Edits taken back.
             */
            undone: number;
        };
        Upload: {
            by: string;
            counts: components["schemas"]["Counts"];
            /** Format: date-time */
            ended_at?: string;
            /** @description Why it failed. */
            error?: string;
            /** @description What the file held, once it is read. */
            files: components["schemas"]["UploadedFile"][];
            hint?: string;
            id: string;
            name: string;
            /** @description The process that imports it, of those that share the store. */
            process: string;
            /** @description Running, but waiting for other files. */
            queued: boolean;
            /** Format: int64 */
            read_bytes: number;
            /** Format: date-time */
            started_at: string;
            /** @enum {string} */
            state: "running" | "done" | "failed";
            /**
             * Format: int64
             * @description 0 where it is not known yet.
             */
            total_bytes: number;
        };
        UploadedFile: {
            /** Format: int64 */
            duplicate: number;
            error?: string;
            /** @description What it was taken for; empty when it was not recognised. */
            format: string;
            hint?: string;
            /** Format: int64 */
            new: number;
            /** @example export.zip!/AuditLog.csv */
            path: string;
            /** Format: int64 */
            quarantined: number;
            /** Format: int64 */
            read: number;
            /** Format: int64 */
            revision: number;
        };
        Usual: {
            /** Format: int64 */
            actor_events: number;
            /** Format: int64 */
            address: number;
            /** Format: int64 */
            addresses: number;
            complete: boolean;
            /** Format: int64 */
            days_30: number;
            /** Format: int64 */
            days_90: number;
            first: boolean;
            /** Format: int64 */
            hour_events: number;
            known: boolean;
            /** Format: int64 */
            others: number;
        };
        Version: {
            /** @description The record. */
            raw: unknown;
            /** Format: date-time */
            received_at: string;
            /** Format: int64 */
            seq: number;
        };
        Versions: {
            items: components["schemas"]["Version"][];
        };
        WeeklyHours: {
            /**
             * @description The days it opens on.
             * @example [
             *       "sat"
             *     ]
             */
            days: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
            /**
             * @description Local time it opens at.
             * @example 20:00
             */
            from: string;
            /**
             * @description First date it opens on.
             * @example 2026-01-01
             */
            since?: string;
            /**
             * @description Local time it closes at: at or before from means the next day; 24:00 is midnight.
             * @example 23:00
             */
            to: string;
            /**
             * @description Last date it opens on.
             * @example 2026-12-31
             */
            until?: string;
        };
        Window: {
            /** Format: date-time */
            end?: string;
            /** Format: date-time */
            start?: string;
        };
        WindowPreview: {
            /** @description False when not all could be counted. */
            complete: boolean;
            /** @description The newest events that fall in it; at most 5. */
            events: components["schemas"]["Event"][];
            /** @description When it opens next, in UTC; at most 5. */
            next: components["schemas"]["Window"][];
            /**
             * Format: int64
             * @description Stored events that fall in it.
             */
            total: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "list-alerts": {
        parameters: {
            query?: {
                /** @description Whose it is. */
                assignee?: string[];
                /** @description next_cursor of the page before. */
                cursor?: string;
                /** @description Raised at or after. */
                from?: string;
                page_size?: number;
                /** @description id of a rule */
                rule?: string[];
                /** @description informational, low, medium, high, critical */
                severity?: string[];
                /** @description open, acknowledged, closed */
                state?: string[];
                tenant?: string[];
                /** @description Raised before. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *           "rule_id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "rule_version": 1,
                     *           "title": "Role granted",
                     *           "severity": "high",
                     *           "tags": [
                     *             "attack.t1098.003"
                     *           ],
                     *           "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *           "group": [
                     *             {
                     *               "field": "aoc.entity",
                     *               "value": "ada@contoso.example"
                     *             }
                     *           ],
                     *           "first": "2026-03-02T11:50:00Z",
                     *           "last": "2026-03-02T11:50:00Z",
                     *           "events": [
                     *             "mfzwk3tfmrzw64tjojuw4zzaef"
                     *           ],
                     *           "count": 1,
                     *           "up_to": 1042,
                     *           "raised_at": "2026-03-02T11:50:00Z",
                     *           "received_at": "2026-03-02T11:50:00Z",
                     *           "origin": "collected",
                     *           "summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *           "state": "open",
                     *           "version": 3
                     *         }
                     *       ],
                     *       "states": {
                     *         "open": 1
                     *       },
                     *       "severities": {
                     *         "high": 1
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["AlertPage"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *           "rule_id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "rule_version": 1,
                     *           "title": "Role granted",
                     *           "severity": "high",
                     *           "tags": [
                     *             "attack.t1098.003"
                     *           ],
                     *           "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *           "group": [
                     *             {
                     *               "field": "aoc.entity",
                     *               "value": "ada@contoso.example"
                     *             }
                     *           ],
                     *           "first": "2026-03-02T11:50:00Z",
                     *           "last": "2026-03-02T11:50:00Z",
                     *           "events": [
                     *             "mfzwk3tfmrzw64tjojuw4zzaef"
                     *           ],
                     *           "count": 1,
                     *           "up_to": 1042,
                     *           "raised_at": "2026-03-02T11:50:00Z",
                     *           "received_at": "2026-03-02T11:50:00Z",
                     *           "origin": "collected",
                     *           "summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *           "state": "open",
                     *           "version": 3
                     *         }
                     *       ],
                     *       "states": {
                     *         "open": 1
                     *       },
                     *       "severities": {
                     *         "high": 1
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-alert": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description id of the alert. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *       "rule_id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "rule_version": 1,
                     *       "title": "Role granted",
                     *       "severity": "high",
                     *       "tags": [
                     *         "attack.t1098.003"
                     *       ],
                     *       "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *       "group": [
                     *         {
                     *           "field": "aoc.entity",
                     *           "value": "ada@contoso.example"
                     *         }
                     *       ],
                     *       "first": "2026-03-02T11:50:00Z",
                     *       "last": "2026-03-02T11:50:00Z",
                     *       "events": [
                     *         "mfzwk3tfmrzw64tjojuw4zzaef"
                     *       ],
                     *       "count": 1,
                     *       "up_to": 1042,
                     *       "raised_at": "2026-03-02T11:50:00Z",
                     *       "received_at": "2026-03-02T11:50:00Z",
                     *       "origin": "collected",
                     *       "summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *       "state": "open",
                     *       "version": 3
                     *     }
                     */
                    "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *       "rule_id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "rule_version": 1,
                     *       "title": "Role granted",
                     *       "severity": "high",
                     *       "tags": [
                     *         "attack.t1098.003"
                     *       ],
                     *       "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *       "group": [
                     *         {
                     *           "field": "aoc.entity",
                     *           "value": "ada@contoso.example"
                     *         }
                     *       ],
                     *       "first": "2026-03-02T11:50:00Z",
                     *       "last": "2026-03-02T11:50:00Z",
                     *       "events": [
                     *         "mfzwk3tfmrzw64tjojuw4zzaef"
                     *       ],
                     *       "count": 1,
                     *       "up_to": 1042,
                     *       "raised_at": "2026-03-02T11:50:00Z",
                     *       "received_at": "2026-03-02T11:50:00Z",
                     *       "origin": "collected",
                     *       "summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *       "state": "open",
                     *       "version": 3
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "change-alert": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                /** @description id of the alert. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "state": "closed",
                 *       "reason": "Agreed in the change board.",
                 *       "version": 3
                 *     }
                 */
                "application/json": components["schemas"]["AlertChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *       "rule_id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "rule_version": 1,
                     *       "title": "Role granted",
                     *       "severity": "high",
                     *       "tags": [
                     *         "attack.t1098.003"
                     *       ],
                     *       "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *       "group": [
                     *         {
                     *           "field": "aoc.entity",
                     *           "value": "ada@contoso.example"
                     *         }
                     *       ],
                     *       "first": "2026-03-02T11:50:00Z",
                     *       "last": "2026-03-02T11:50:00Z",
                     *       "events": [
                     *         "mfzwk3tfmrzw64tjojuw4zzaef"
                     *       ],
                     *       "count": 1,
                     *       "up_to": 1042,
                     *       "raised_at": "2026-03-02T11:50:00Z",
                     *       "received_at": "2026-03-02T11:50:00Z",
                     *       "origin": "collected",
                     *       "summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *       "state": "open",
                     *       "version": 3
                     *     }
                     */
                    "application/json": components["schemas"]["Alert"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *       "rule_id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "rule_version": 1,
                     *       "title": "Role granted",
                     *       "severity": "high",
                     *       "tags": [
                     *         "attack.t1098.003"
                     *       ],
                     *       "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *       "group": [
                     *         {
                     *           "field": "aoc.entity",
                     *           "value": "ada@contoso.example"
                     *         }
                     *       ],
                     *       "first": "2026-03-02T11:50:00Z",
                     *       "last": "2026-03-02T11:50:00Z",
                     *       "events": [
                     *         "mfzwk3tfmrzw64tjojuw4zzaef"
                     *       ],
                     *       "count": 1,
                     *       "up_to": 1042,
                     *       "raised_at": "2026-03-02T11:50:00Z",
                     *       "received_at": "2026-03-02T11:50:00Z",
                     *       "origin": "collected",
                     *       "summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *       "state": "open",
                     *       "version": 3
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ask: {
        parameters: {
            query?: never;
            header?: {
                Accept?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "question": "Who was added to an admin role last week?",
                 *       "filters": {
                 *         "workload": [
                 *           "Entra ID"
                 *         ]
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["Question"];
            };
        };
        responses: {
            /** @description The answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "by": "rules",
                     *       "answer": "1 event: Ada Lovelace added Bob Ray to Global Administrator [mfzwk3tfmrzw64tjojuw4zzaef].",
                     *       "claims": [
                     *         {
                     *           "text": "1 event: Ada Lovelace added Bob Ray to Global Administrator [mfzwk3tfmrzw64tjojuw4zzaef].",
                     *           "events": [
                     *             "mfzwk3tfmrzw64tjojuw4zzaef"
                     *           ],
                     *           "supported": true
                     *         }
                     *       ],
                     *       "kind": "list",
                     *       "q": "actor:\"Ada Lovelace\" operation:\"Add member to role\"",
                     *       "start": "2026-02-23T11:50:00Z",
                     *       "end": "2026-03-02T11:50:00Z",
                     *       "total": 1,
                     *       "complete": true,
                     *       "counts": [],
                     *       "notes": [
                     *         {
                     *           "words": "last week",
                     *           "meaning": "Monday 16 February to Monday 23 February 2026"
                     *         }
                     *       ],
                     *       "warnings": [],
                     *       "steps": [
                     *         {
                     *           "tool": "search_events",
                     *           "says": "looking for role changes last week",
                     *           "q": "actor:\"Ada Lovelace\" operation:\"Add member to role\"",
                     *           "events": 1
                     *         }
                     *       ],
                     *       "events": [
                     *         {
                     *           "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *           "id": "Directory_0a1b2c",
                     *           "dedupe_key": "directory/11111111-2222-3333-4444-555555555555/Directory_0a1b2c",
                     *           "seq": 1042,
                     *           "source": "directory",
                     *           "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *           "timestamp": "2026-03-02T11:50:00Z",
                     *           "received_at": "2026-03-02T11:52:00Z",
                     *           "origin": "collected",
                     *           "service": "RoleManagement",
                     *           "workload": "Entra ID",
                     *           "record_type": "directoryAudit",
                     *           "operation": "Add member to role",
                     *           "result": "success",
                     *           "actor": {
                     *             "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *             "name": "Ada Lovelace",
                     *             "upn": "ada@contoso.example"
                     *           },
                     *           "actor_kind": "person",
                     *           "actor_display": "Ada Lovelace",
                     *           "client_ip": "192.0.2.7",
                     *           "targets": [
                     *             {
                     *               "name": "Bob Ray",
                     *               "type": "User",
                     *               "upn": "bob@contoso.example"
                     *             }
                     *           ],
                     *           "target_displays": [
                     *             "Bob Ray"
                     *           ],
                     *           "changes": [],
                     *           "display_summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *           "revisions": 0,
                     *           "tags": [],
                     *           "comments": [],
                     *           "review": {
                     *             "state": "expected",
                     *             "by": "Ada Lovelace",
                     *             "ticket": "CHG-1042",
                     *             "at": "2026-03-02T12:50:00Z",
                     *             "edit": 7
                     *           },
                     *           "raw": {
                     *             "id": "Directory_0a1b2c"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @description Safe Markdown. Events are cited as [key]. */
                        answer: string;
                        /** @enum {string} */
                        by: "rules" | "model";
                        claims: components["schemas"]["Claim"][] | null;
                        complete: boolean;
                        /** Format: date-time */
                        complete_until?: string;
                        counts: components["schemas"]["Count"][] | null;
                        /** Format: date-time */
                        end?: string;
                        /** @description What the answer rests on, newest first: at most 500, without their records. */
                        events: components["schemas"]["Event"][] | null;
                        /** @description How the question was read by rules: list, count, top, first or last. */
                        kind?: string;
                        model?: string;
                        notes: components["schemas"]["Note"][] | null;
                        /**
                         * @description Where the question was sent; absent when nowhere.
                         * @example api.openai.com
                         */
                        provider?: string;
                        /** @description What was looked for, in the query language. */
                        q: string;
                        /** Format: date-time */
                        start?: string;
                        steps: components["schemas"]["Step"][] | null;
                        /** Format: int64 */
                        total: number;
                        warnings: string[] | null;
                    };
                    /**
                     * @example event: step
                     *     data: {"tool":"search_events","says":"looking for role changes since Monday"}
                     */
                    "text/event-stream": string;
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "by": "rules",
                     *       "answer": "1 event: Ada Lovelace added Bob Ray to Global Administrator [mfzwk3tfmrzw64tjojuw4zzaef].",
                     *       "claims": [
                     *         {
                     *           "text": "1 event: Ada Lovelace added Bob Ray to Global Administrator [mfzwk3tfmrzw64tjojuw4zzaef].",
                     *           "events": [
                     *             "mfzwk3tfmrzw64tjojuw4zzaef"
                     *           ],
                     *           "supported": true
                     *         }
                     *       ],
                     *       "kind": "list",
                     *       "q": "actor:\"Ada Lovelace\" operation:\"Add member to role\"",
                     *       "start": "2026-02-23T11:50:00Z",
                     *       "end": "2026-03-02T11:50:00Z",
                     *       "total": 1,
                     *       "complete": true,
                     *       "counts": [],
                     *       "notes": [
                     *         {
                     *           "words": "last week",
                     *           "meaning": "Monday 16 February to Monday 23 February 2026"
                     *         }
                     *       ],
                     *       "warnings": [],
                     *       "steps": [
                     *         {
                     *           "tool": "search_events",
                     *           "says": "looking for role changes last week",
                     *           "q": "actor:\"Ada Lovelace\" operation:\"Add member to role\"",
                     *           "events": 1
                     *         }
                     *       ],
                     *       "events": [
                     *         {
                     *           "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *           "id": "Directory_0a1b2c",
                     *           "dedupe_key": "directory/11111111-2222-3333-4444-555555555555/Directory_0a1b2c",
                     *           "seq": 1042,
                     *           "source": "directory",
                     *           "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *           "timestamp": "2026-03-02T11:50:00Z",
                     *           "received_at": "2026-03-02T11:52:00Z",
                     *           "origin": "collected",
                     *           "service": "RoleManagement",
                     *           "workload": "Entra ID",
                     *           "record_type": "directoryAudit",
                     *           "operation": "Add member to role",
                     *           "result": "success",
                     *           "actor": {
                     *             "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *             "name": "Ada Lovelace",
                     *             "upn": "ada@contoso.example"
                     *           },
                     *           "actor_kind": "person",
                     *           "actor_display": "Ada Lovelace",
                     *           "client_ip": "192.0.2.7",
                     *           "targets": [
                     *             {
                     *               "name": "Bob Ray",
                     *               "type": "User",
                     *               "upn": "bob@contoso.example"
                     *             }
                     *           ],
                     *           "target_displays": [
                     *             "Bob Ray"
                     *           ],
                     *           "changes": [],
                     *           "display_summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *           "revisions": 0,
                     *           "tags": [],
                     *           "comments": [],
                     *           "review": {
                     *             "state": "expected",
                     *             "by": "Ada Lovelace",
                     *             "ticket": "CHG-1042",
                     *             "at": "2026-03-02T12:50:00Z",
                     *             "edit": 7
                     *           },
                     *           "raw": {
                     *             "id": "Directory_0a1b2c"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-change-windows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "version": 1,
                     *           "by": "Ada Lovelace",
                     *           "at": "2026-03-02T11:50:00Z",
                     *           "title": "Mail platform maintenance",
                     *           "zone": "Europe/Berlin",
                     *           "weekly": {
                     *             "days": [
                     *               "sat"
                     *             ],
                     *             "from": "20:00",
                     *             "to": "23:00"
                     *           },
                     *           "actors": [
                     *             "ops@contoso.example"
                     *           ],
                     *           "q": "workload:Exchange is:change",
                     *           "ticket": "CHG-1042"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ChangeWindows"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "version": 1,
                     *           "by": "Ada Lovelace",
                     *           "at": "2026-03-02T11:50:00Z",
                     *           "title": "Mail platform maintenance",
                     *           "zone": "Europe/Berlin",
                     *           "weekly": {
                     *             "days": [
                     *               "sat"
                     *             ],
                     *             "from": "20:00",
                     *             "to": "23:00"
                     *           },
                     *           "actors": [
                     *             "ops@contoso.example"
                     *           ],
                     *           "q": "workload:Exchange is:change",
                     *           "ticket": "CHG-1042"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "create-change-window": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "title": "Mail platform maintenance",
                 *       "zone": "Europe/Berlin",
                 *       "weekly": {
                 *         "days": [
                 *           "sat"
                 *         ],
                 *         "from": "20:00",
                 *         "to": "23:00"
                 *       },
                 *       "actors": [
                 *         "ops@contoso.example"
                 *       ],
                 *       "q": "workload:Exchange is:change",
                 *       "ticket": "CHG-1042"
                 *     }
                 */
                "application/json": components["schemas"]["ChangeWindowSpec"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "Ada Lovelace",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "title": "Mail platform maintenance",
                     *       "zone": "Europe/Berlin",
                     *       "weekly": {
                     *         "days": [
                     *           "sat"
                     *         ],
                     *         "from": "20:00",
                     *         "to": "23:00"
                     *       },
                     *       "actors": [
                     *         "ops@contoso.example"
                     *       ],
                     *       "q": "workload:Exchange is:change",
                     *       "ticket": "CHG-1042"
                     *     }
                     */
                    "application/json": components["schemas"]["ChangeWindow"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "Ada Lovelace",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "title": "Mail platform maintenance",
                     *       "zone": "Europe/Berlin",
                     *       "weekly": {
                     *         "days": [
                     *           "sat"
                     *         ],
                     *         "from": "20:00",
                     *         "to": "23:00"
                     *       },
                     *       "actors": [
                     *         "ops@contoso.example"
                     *       ],
                     *       "q": "workload:Exchange is:change",
                     *       "ticket": "CHG-1042"
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "update-change-window": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "title": "Mail platform maintenance",
                 *       "zone": "Europe/Berlin",
                 *       "weekly": {
                 *         "days": [
                 *           "sat"
                 *         ],
                 *         "from": "20:00",
                 *         "to": "23:00"
                 *       },
                 *       "actors": [
                 *         "ops@contoso.example"
                 *       ],
                 *       "q": "workload:Exchange is:change",
                 *       "ticket": "CHG-1042",
                 *       "version": 1
                 *     }
                 */
                "application/json": components["schemas"]["ChangeWindowChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "Ada Lovelace",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "title": "Mail platform maintenance",
                     *       "zone": "Europe/Berlin",
                     *       "weekly": {
                     *         "days": [
                     *           "sat"
                     *         ],
                     *         "from": "20:00",
                     *         "to": "23:00"
                     *       },
                     *       "actors": [
                     *         "ops@contoso.example"
                     *       ],
                     *       "q": "workload:Exchange is:change",
                     *       "ticket": "CHG-1042"
                     *     }
                     */
                    "application/json": components["schemas"]["ChangeWindow"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "Ada Lovelace",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "title": "Mail platform maintenance",
                     *       "zone": "Europe/Berlin",
                     *       "weekly": {
                     *         "days": [
                     *           "sat"
                     *         ],
                     *         "from": "20:00",
                     *         "to": "23:00"
                     *       },
                     *       "actors": [
                     *         "ops@contoso.example"
                     *       ],
                     *       "q": "workload:Exchange is:change",
                     *       "ticket": "CHG-1042"
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "delete-change-window": {
        parameters: {
            query: {
                /** @description The version that was looked at. */
                version: number;
            };
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "preview-change-window": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "title": "Mail platform maintenance",
                 *       "zone": "Europe/Berlin",
                 *       "weekly": {
                 *         "days": [
                 *           "sat"
                 *         ],
                 *         "from": "20:00",
                 *         "to": "23:00"
                 *       },
                 *       "actors": [
                 *         "ops@contoso.example"
                 *       ],
                 *       "q": "workload:Exchange is:change",
                 *       "ticket": "CHG-1042"
                 *     }
                 */
                "application/json": components["schemas"]["ChangeWindowSpec"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "total": 1,
                     *       "complete": true,
                     *       "next": [
                     *         {
                     *           "start": "2026-03-02T11:50:00Z",
                     *           "end": "2026-03-02T12:50:00Z"
                     *         }
                     *       ],
                     *       "events": [
                     *         {
                     *           "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *           "id": "Directory_0a1b2c",
                     *           "dedupe_key": "directory/11111111-2222-3333-4444-555555555555/Directory_0a1b2c",
                     *           "seq": 1042,
                     *           "source": "directory",
                     *           "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *           "timestamp": "2026-03-02T11:50:00Z",
                     *           "received_at": "2026-03-02T11:52:00Z",
                     *           "origin": "collected",
                     *           "service": "RoleManagement",
                     *           "workload": "Entra ID",
                     *           "record_type": "directoryAudit",
                     *           "operation": "Add member to role",
                     *           "result": "success",
                     *           "actor": {
                     *             "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *             "name": "Ada Lovelace",
                     *             "upn": "ada@contoso.example"
                     *           },
                     *           "actor_kind": "person",
                     *           "actor_display": "Ada Lovelace",
                     *           "client_ip": "192.0.2.7",
                     *           "targets": [
                     *             {
                     *               "name": "Bob Ray",
                     *               "type": "User",
                     *               "upn": "bob@contoso.example"
                     *             }
                     *           ],
                     *           "target_displays": [
                     *             "Bob Ray"
                     *           ],
                     *           "changes": [],
                     *           "display_summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *           "revisions": 0,
                     *           "tags": [],
                     *           "comments": [],
                     *           "review": {
                     *             "state": "expected",
                     *             "by": "Ada Lovelace",
                     *             "ticket": "CHG-1042",
                     *             "at": "2026-03-02T12:50:00Z",
                     *             "edit": 7
                     *           },
                     *           "raw": {
                     *             "id": "Directory_0a1b2c"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["WindowPreview"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "total": 1,
                     *       "complete": true,
                     *       "next": [
                     *         {
                     *           "start": "2026-03-02T11:50:00Z",
                     *           "end": "2026-03-02T12:50:00Z"
                     *         }
                     *       ],
                     *       "events": [
                     *         {
                     *           "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *           "id": "Directory_0a1b2c",
                     *           "dedupe_key": "directory/11111111-2222-3333-4444-555555555555/Directory_0a1b2c",
                     *           "seq": 1042,
                     *           "source": "directory",
                     *           "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *           "timestamp": "2026-03-02T11:50:00Z",
                     *           "received_at": "2026-03-02T11:52:00Z",
                     *           "origin": "collected",
                     *           "service": "RoleManagement",
                     *           "workload": "Entra ID",
                     *           "record_type": "directoryAudit",
                     *           "operation": "Add member to role",
                     *           "result": "success",
                     *           "actor": {
                     *             "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *             "name": "Ada Lovelace",
                     *             "upn": "ada@contoso.example"
                     *           },
                     *           "actor_kind": "person",
                     *           "actor_display": "Ada Lovelace",
                     *           "client_ip": "192.0.2.7",
                     *           "targets": [
                     *             {
                     *               "name": "Bob Ray",
                     *               "type": "User",
                     *               "upn": "bob@contoso.example"
                     *             }
                     *           ],
                     *           "target_displays": [
                     *             "Bob Ray"
                     *           ],
                     *           "changes": [],
                     *           "display_summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *           "revisions": 0,
                     *           "tags": [],
                     *           "comments": [],
                     *           "review": {
                     *             "state": "expected",
                     *             "by": "Ada Lovelace",
                     *             "ticket": "CHG-1042",
                     *             "at": "2026-03-02T12:50:00Z",
                     *             "edit": 7
                     *           },
                     *           "raw": {
                     *             "id": "Directory_0a1b2c"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-fetches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fetches"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "complete-query": {
        parameters: {
            query?: {
                /** @description Display name, user principal name or object id, whole; letter case does not matter. */
                actor?: string[];
                actor_kind?: ("person" | "app" | "system")[];
                /** @description The place in q, in UTF-16 code units. */
                at?: number;
                /** @description Events before this time. */
                end?: string;
                /** @description hide leaves out what the service did by itself, unless the query names a kind of actor or an id. */
                noise?: "show" | "hide";
                operation?: string[];
                /** @description Query language: words, "phrases", field:value, AND OR NOT, parentheses, *; see the documentation of the query language. */
                q?: string;
                result?: ("success" | "failure" | "partial" | "unknown")[];
                /** @description Terms that must all occur, as part of any value of the record; letter case does not matter. */
                search?: string[];
                /** @description The source's own category or workload. */
                service?: string[];
                source?: ("directory" | "intune" | "unified" | "signin" | "risk" | "aoc")[];
                /** @description Events at or after this time. */
                start?: string;
                tags?: string[];
                /** @description Tenant ids. */
                tenant?: string[];
                /** @description IANA time zone of times in q that name none. */
                tz?: string;
                /** @description The product in words, such as Exchange. */
                workload?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "from": 10,
                     *       "to": 13,
                     *       "kind": "value",
                     *       "field": "operation",
                     *       "items": [
                     *         {
                     *           "insert": "\"Add member to role\"",
                     *           "label": "Add member to role",
                     *           "count": 3,
                     *           "detail": ""
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Completion"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "from": 10,
                     *       "to": 13,
                     *       "kind": "value",
                     *       "field": "operation",
                     *       "items": [
                     *         {
                     *           "insert": "\"Add member to role\"",
                     *           "label": "Add member to role",
                     *           "count": 3,
                     *           "detail": ""
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-features": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Features"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-coverage": {
        parameters: {
            query?: {
                /** @description Default: now. */
                end?: string;
                /** @description Default: since the first collection. */
                start?: string;
                /** @description False leaves the windows out: the hours are enough for a map. */
                windows?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Coverage"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "undo-edits": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                batch: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "undone": 10,
                     *       "kept": 1,
                     *       "batch": "k5qw4zdfnzsxi2dbnr2c4y3p"
                     *     }
                     */
                    "application/json": components["schemas"]["Undone"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "undone": 10,
                     *       "kept": 1,
                     *       "batch": "k5qw4zdfnzsxi2dbnr2c4y3p"
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-entity": {
        parameters: {
            query?: {
                /** @description Events before this time. */
                end?: string;
                /** @description Events at or after this time. */
                start?: string;
            };
            header?: never;
            path: {
                /** @description Object id, user principal name, app id, name or address. */
                id: string;
                kind: "user" | "app" | "device" | "group" | "address" | "object";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "user",
                     *       "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *       "name": "Ada Lovelace",
                     *       "aliases": [
                     *         "aaaaaaaa-0000-4000-8000-00000000000a",
                     *         "ada@contoso.example"
                     *       ],
                     *       "first": "2026-03-02T11:50:00Z",
                     *       "last": "2026-03-02T11:50:00Z",
                     *       "total": 3,
                     *       "by": {
                     *         "total": 3,
                     *         "q": "actor:aaaaaaaa-0000-4000-8000-00000000000a,ada@contoso.example",
                     *         "operations": [
                     *           {
                     *             "value": "Add member to role",
                     *             "count": 3
                     *           }
                     *         ],
                     *         "histogram": {
                     *           "width_seconds": 900,
                     *           "start": "2026-03-02T11:50:00Z",
                     *           "end": "2026-03-02T12:50:00Z",
                     *           "buckets": [
                     *             {
                     *               "start": "2026-03-02T11:45:00Z",
                     *               "count": 3,
                     *               "results": {
                     *                 "success": 3
                     *               }
                     *             }
                     *           ],
                     *           "total": 3,
                     *           "complete": true
                     *         }
                     *       },
                     *       "to": {
                     *         "total": 0,
                     *         "q": "target:aaaaaaaa-0000-4000-8000-00000000000a",
                     *         "operations": [
                     *           {
                     *             "value": "Add member to role",
                     *             "count": 3
                     *           }
                     *         ],
                     *         "histogram": {
                     *           "width_seconds": 900,
                     *           "start": "2026-03-02T11:50:00Z",
                     *           "end": "2026-03-02T12:50:00Z",
                     *           "buckets": [
                     *             {
                     *               "start": "2026-03-02T11:45:00Z",
                     *               "count": 3,
                     *               "results": {
                     *                 "success": 3
                     *               }
                     *             }
                     *           ],
                     *           "total": 3,
                     *           "complete": true
                     *         }
                     *       },
                     *       "changes_by": [
                     *         {
                     *           "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *           "id": "Directory_0a1b2c",
                     *           "dedupe_key": "directory/11111111-2222-3333-4444-555555555555/Directory_0a1b2c",
                     *           "seq": 1042,
                     *           "source": "directory",
                     *           "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *           "timestamp": "2026-03-02T11:50:00Z",
                     *           "received_at": "2026-03-02T11:52:00Z",
                     *           "origin": "collected",
                     *           "service": "RoleManagement",
                     *           "workload": "Entra ID",
                     *           "record_type": "directoryAudit",
                     *           "operation": "Add member to role",
                     *           "result": "success",
                     *           "actor": {
                     *             "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *             "name": "Ada Lovelace",
                     *             "upn": "ada@contoso.example"
                     *           },
                     *           "actor_kind": "person",
                     *           "actor_display": "Ada Lovelace",
                     *           "client_ip": "192.0.2.7",
                     *           "targets": [
                     *             {
                     *               "name": "Bob Ray",
                     *               "type": "User",
                     *               "upn": "bob@contoso.example"
                     *             }
                     *           ],
                     *           "target_displays": [
                     *             "Bob Ray"
                     *           ],
                     *           "changes": [],
                     *           "display_summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *           "revisions": 0,
                     *           "tags": [],
                     *           "comments": [],
                     *           "review": {
                     *             "state": "expected",
                     *             "by": "Ada Lovelace",
                     *             "ticket": "CHG-1042",
                     *             "at": "2026-03-02T12:50:00Z",
                     *             "edit": 7
                     *           },
                     *           "raw": {
                     *             "id": "Directory_0a1b2c"
                     *           }
                     *         }
                     *       ],
                     *       "changes_to": []
                     *     }
                     */
                    "application/json": components["schemas"]["Entity"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "user",
                     *       "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *       "name": "Ada Lovelace",
                     *       "aliases": [
                     *         "aaaaaaaa-0000-4000-8000-00000000000a",
                     *         "ada@contoso.example"
                     *       ],
                     *       "first": "2026-03-02T11:50:00Z",
                     *       "last": "2026-03-02T11:50:00Z",
                     *       "total": 3,
                     *       "by": {
                     *         "total": 3,
                     *         "q": "actor:aaaaaaaa-0000-4000-8000-00000000000a,ada@contoso.example",
                     *         "operations": [
                     *           {
                     *             "value": "Add member to role",
                     *             "count": 3
                     *           }
                     *         ],
                     *         "histogram": {
                     *           "width_seconds": 900,
                     *           "start": "2026-03-02T11:50:00Z",
                     *           "end": "2026-03-02T12:50:00Z",
                     *           "buckets": [
                     *             {
                     *               "start": "2026-03-02T11:45:00Z",
                     *               "count": 3,
                     *               "results": {
                     *                 "success": 3
                     *               }
                     *             }
                     *           ],
                     *           "total": 3,
                     *           "complete": true
                     *         }
                     *       },
                     *       "to": {
                     *         "total": 0,
                     *         "q": "target:aaaaaaaa-0000-4000-8000-00000000000a",
                     *         "operations": [
                     *           {
                     *             "value": "Add member to role",
                     *             "count": 3
                     *           }
                     *         ],
                     *         "histogram": {
                     *           "width_seconds": 900,
                     *           "start": "2026-03-02T11:50:00Z",
                     *           "end": "2026-03-02T12:50:00Z",
                     *           "buckets": [
                     *             {
                     *               "start": "2026-03-02T11:45:00Z",
                     *               "count": 3,
                     *               "results": {
                     *                 "success": 3
                     *               }
                     *             }
                     *           ],
                     *           "total": 3,
                     *           "complete": true
                     *         }
                     *       },
                     *       "changes_by": [
                     *         {
                     *           "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *           "id": "Directory_0a1b2c",
                     *           "dedupe_key": "directory/11111111-2222-3333-4444-555555555555/Directory_0a1b2c",
                     *           "seq": 1042,
                     *           "source": "directory",
                     *           "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *           "timestamp": "2026-03-02T11:50:00Z",
                     *           "received_at": "2026-03-02T11:52:00Z",
                     *           "origin": "collected",
                     *           "service": "RoleManagement",
                     *           "workload": "Entra ID",
                     *           "record_type": "directoryAudit",
                     *           "operation": "Add member to role",
                     *           "result": "success",
                     *           "actor": {
                     *             "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *             "name": "Ada Lovelace",
                     *             "upn": "ada@contoso.example"
                     *           },
                     *           "actor_kind": "person",
                     *           "actor_display": "Ada Lovelace",
                     *           "client_ip": "192.0.2.7",
                     *           "targets": [
                     *             {
                     *               "name": "Bob Ray",
                     *               "type": "User",
                     *               "upn": "bob@contoso.example"
                     *             }
                     *           ],
                     *           "target_displays": [
                     *             "Bob Ray"
                     *           ],
                     *           "changes": [],
                     *           "display_summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *           "revisions": 0,
                     *           "tags": [],
                     *           "comments": [],
                     *           "review": {
                     *             "state": "expected",
                     *             "by": "Ada Lovelace",
                     *             "ticket": "CHG-1042",
                     *             "at": "2026-03-02T12:50:00Z",
                     *             "edit": 7
                     *           },
                     *           "raw": {
                     *             "id": "Directory_0a1b2c"
                     *           }
                     *         }
                     *       ],
                     *       "changes_to": []
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-events": {
        parameters: {
            query?: {
                /** @description Display name, user principal name or object id, whole; letter case does not matter. */
                actor?: string[];
                actor_kind?: ("person" | "app" | "system")[];
                /** @description next_cursor of the page before, unchanged. */
                cursor?: string;
                /** @description Events before this time. */
                end?: string;
                /** @description hide leaves out what the service did by itself, unless the query names a kind of actor or an id. */
                noise?: "show" | "hide";
                operation?: string[];
                page_size?: number;
                /** @description Query language: words, "phrases", field:value, AND OR NOT, parentheses, *; see the documentation of the query language. */
                q?: string;
                /** @description Answers sooner where the index cannot decide: the page may be short, complete false, and next_cursor goes on. */
                quick?: boolean;
                /** @description false leaves the records out, which are most of an answer. */
                raw?: boolean;
                result?: ("success" | "failure" | "partial" | "unknown")[];
                /** @description Terms that must all occur, as part of any value of the record; letter case does not matter. */
                search?: string[];
                /** @description The source's own category or workload. */
                service?: string[];
                source?: ("directory" | "intune" | "unified" | "signin" | "risk" | "aoc")[];
                /** @description Events at or after this time. */
                start?: string;
                tags?: string[];
                /** @description Tenant ids. */
                tenant?: string[];
                /** @description IANA time zone of times in q that name none. */
                tz?: string;
                /** @description The product in words, such as Exchange. */
                workload?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *           "id": "Directory_0a1b2c",
                     *           "dedupe_key": "directory/11111111-2222-3333-4444-555555555555/Directory_0a1b2c",
                     *           "seq": 1042,
                     *           "source": "directory",
                     *           "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *           "timestamp": "2026-03-02T11:50:00Z",
                     *           "received_at": "2026-03-02T11:52:00Z",
                     *           "origin": "collected",
                     *           "service": "RoleManagement",
                     *           "workload": "Entra ID",
                     *           "record_type": "directoryAudit",
                     *           "operation": "Add member to role",
                     *           "result": "success",
                     *           "actor": {
                     *             "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *             "name": "Ada Lovelace",
                     *             "upn": "ada@contoso.example"
                     *           },
                     *           "actor_kind": "person",
                     *           "actor_display": "Ada Lovelace",
                     *           "client_ip": "192.0.2.7",
                     *           "targets": [
                     *             {
                     *               "name": "Bob Ray",
                     *               "type": "User",
                     *               "upn": "bob@contoso.example"
                     *             }
                     *           ],
                     *           "target_displays": [
                     *             "Bob Ray"
                     *           ],
                     *           "changes": [],
                     *           "display_summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *           "revisions": 0,
                     *           "tags": [],
                     *           "comments": [],
                     *           "review": {
                     *             "state": "expected",
                     *             "by": "Ada Lovelace",
                     *             "ticket": "CHG-1042",
                     *             "at": "2026-03-02T12:50:00Z",
                     *             "edit": 7
                     *           },
                     *           "raw": {
                     *             "id": "Directory_0a1b2c"
                     *           }
                     *         }
                     *       ],
                     *       "next_cursor": null,
                     *       "page_size": 50,
                     *       "complete": true,
                     *       "last_seq": 1042
                     *     }
                     */
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *           "id": "Directory_0a1b2c",
                     *           "dedupe_key": "directory/11111111-2222-3333-4444-555555555555/Directory_0a1b2c",
                     *           "seq": 1042,
                     *           "source": "directory",
                     *           "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *           "timestamp": "2026-03-02T11:50:00Z",
                     *           "received_at": "2026-03-02T11:52:00Z",
                     *           "origin": "collected",
                     *           "service": "RoleManagement",
                     *           "workload": "Entra ID",
                     *           "record_type": "directoryAudit",
                     *           "operation": "Add member to role",
                     *           "result": "success",
                     *           "actor": {
                     *             "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *             "name": "Ada Lovelace",
                     *             "upn": "ada@contoso.example"
                     *           },
                     *           "actor_kind": "person",
                     *           "actor_display": "Ada Lovelace",
                     *           "client_ip": "192.0.2.7",
                     *           "targets": [
                     *             {
                     *               "name": "Bob Ray",
                     *               "type": "User",
                     *               "upn": "bob@contoso.example"
                     *             }
                     *           ],
                     *           "target_displays": [
                     *             "Bob Ray"
                     *           ],
                     *           "changes": [],
                     *           "display_summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *           "revisions": 0,
                     *           "tags": [],
                     *           "comments": [],
                     *           "review": {
                     *             "state": "expected",
                     *             "by": "Ada Lovelace",
                     *             "ticket": "CHG-1042",
                     *             "at": "2026-03-02T12:50:00Z",
                     *             "edit": 7
                     *           },
                     *           "raw": {
                     *             "id": "Directory_0a1b2c"
                     *           }
                     *         }
                     *       ],
                     *       "next_cursor": null,
                     *       "page_size": 50,
                     *       "complete": true,
                     *       "last_seq": 1042
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-event": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Key, or id of the source. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *       "id": "Directory_0a1b2c",
                     *       "dedupe_key": "directory/11111111-2222-3333-4444-555555555555/Directory_0a1b2c",
                     *       "seq": 1042,
                     *       "source": "directory",
                     *       "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *       "timestamp": "2026-03-02T11:50:00Z",
                     *       "received_at": "2026-03-02T11:52:00Z",
                     *       "origin": "collected",
                     *       "service": "RoleManagement",
                     *       "workload": "Entra ID",
                     *       "record_type": "directoryAudit",
                     *       "operation": "Add member to role",
                     *       "result": "success",
                     *       "actor": {
                     *         "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *         "name": "Ada Lovelace",
                     *         "upn": "ada@contoso.example"
                     *       },
                     *       "actor_kind": "person",
                     *       "actor_display": "Ada Lovelace",
                     *       "client_ip": "192.0.2.7",
                     *       "targets": [
                     *         {
                     *           "name": "Bob Ray",
                     *           "type": "User",
                     *           "upn": "bob@contoso.example"
                     *         }
                     *       ],
                     *       "target_displays": [
                     *         "Bob Ray"
                     *       ],
                     *       "changes": [],
                     *       "display_summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *       "revisions": 0,
                     *       "tags": [],
                     *       "comments": [],
                     *       "review": {
                     *         "state": "expected",
                     *         "by": "Ada Lovelace",
                     *         "ticket": "CHG-1042",
                     *         "at": "2026-03-02T12:50:00Z",
                     *         "edit": 7
                     *       },
                     *       "raw": {
                     *         "id": "Directory_0a1b2c"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Event"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *       "id": "Directory_0a1b2c",
                     *       "dedupe_key": "directory/11111111-2222-3333-4444-555555555555/Directory_0a1b2c",
                     *       "seq": 1042,
                     *       "source": "directory",
                     *       "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *       "timestamp": "2026-03-02T11:50:00Z",
                     *       "received_at": "2026-03-02T11:52:00Z",
                     *       "origin": "collected",
                     *       "service": "RoleManagement",
                     *       "workload": "Entra ID",
                     *       "record_type": "directoryAudit",
                     *       "operation": "Add member to role",
                     *       "result": "success",
                     *       "actor": {
                     *         "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *         "name": "Ada Lovelace",
                     *         "upn": "ada@contoso.example"
                     *       },
                     *       "actor_kind": "person",
                     *       "actor_display": "Ada Lovelace",
                     *       "client_ip": "192.0.2.7",
                     *       "targets": [
                     *         {
                     *           "name": "Bob Ray",
                     *           "type": "User",
                     *           "upn": "bob@contoso.example"
                     *         }
                     *       ],
                     *       "target_displays": [
                     *         "Bob Ray"
                     *       ],
                     *       "changes": [],
                     *       "display_summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *       "revisions": 0,
                     *       "tags": [],
                     *       "comments": [],
                     *       "review": {
                     *         "state": "expected",
                     *         "by": "Ada Lovelace",
                     *         "ticket": "CHG-1042",
                     *         "at": "2026-03-02T12:50:00Z",
                     *         "edit": 7
                     *       },
                     *       "raw": {
                     *         "id": "Directory_0a1b2c"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "comment-event": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                /** @description Key, or id of the source. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "text": "Asked Ada: it was **planned**."
                 *     }
                 */
                "application/json": components["schemas"]["Remark"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-AOC-Batch"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *       "id": "Directory_0a1b2c",
                     *       "dedupe_key": "directory/11111111-2222-3333-4444-555555555555/Directory_0a1b2c",
                     *       "seq": 1042,
                     *       "source": "directory",
                     *       "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *       "timestamp": "2026-03-02T11:50:00Z",
                     *       "received_at": "2026-03-02T11:52:00Z",
                     *       "origin": "collected",
                     *       "service": "RoleManagement",
                     *       "workload": "Entra ID",
                     *       "record_type": "directoryAudit",
                     *       "operation": "Add member to role",
                     *       "result": "success",
                     *       "actor": {
                     *         "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *         "name": "Ada Lovelace",
                     *         "upn": "ada@contoso.example"
                     *       },
                     *       "actor_kind": "person",
                     *       "actor_display": "Ada Lovelace",
                     *       "client_ip": "192.0.2.7",
                     *       "targets": [
                     *         {
                     *           "name": "Bob Ray",
                     *           "type": "User",
                     *           "upn": "bob@contoso.example"
                     *         }
                     *       ],
                     *       "target_displays": [
                     *         "Bob Ray"
                     *       ],
                     *       "changes": [],
                     *       "display_summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *       "revisions": 0,
                     *       "tags": [],
                     *       "comments": [],
                     *       "review": {
                     *         "state": "expected",
                     *         "by": "Ada Lovelace",
                     *         "ticket": "CHG-1042",
                     *         "at": "2026-03-02T12:50:00Z",
                     *         "edit": 7
                     *       },
                     *       "raw": {
                     *         "id": "Directory_0a1b2c"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Event"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *       "id": "Directory_0a1b2c",
                     *       "dedupe_key": "directory/11111111-2222-3333-4444-555555555555/Directory_0a1b2c",
                     *       "seq": 1042,
                     *       "source": "directory",
                     *       "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *       "timestamp": "2026-03-02T11:50:00Z",
                     *       "received_at": "2026-03-02T11:52:00Z",
                     *       "origin": "collected",
                     *       "service": "RoleManagement",
                     *       "workload": "Entra ID",
                     *       "record_type": "directoryAudit",
                     *       "operation": "Add member to role",
                     *       "result": "success",
                     *       "actor": {
                     *         "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *         "name": "Ada Lovelace",
                     *         "upn": "ada@contoso.example"
                     *       },
                     *       "actor_kind": "person",
                     *       "actor_display": "Ada Lovelace",
                     *       "client_ip": "192.0.2.7",
                     *       "targets": [
                     *         {
                     *           "name": "Bob Ray",
                     *           "type": "User",
                     *           "upn": "bob@contoso.example"
                     *         }
                     *       ],
                     *       "target_displays": [
                     *         "Bob Ray"
                     *       ],
                     *       "changes": [],
                     *       "display_summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *       "revisions": 0,
                     *       "tags": [],
                     *       "comments": [],
                     *       "review": {
                     *         "state": "expected",
                     *         "by": "Ada Lovelace",
                     *         "ticket": "CHG-1042",
                     *         "at": "2026-03-02T12:50:00Z",
                     *         "edit": 7
                     *       },
                     *       "raw": {
                     *         "id": "Directory_0a1b2c"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "explain-event": {
        parameters: {
            query?: never;
            header?: {
                Accept?: string;
            };
            path: {
                /** @description Key, or the source's own id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The explanation */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *       "by": "rules",
                     *       "text": "Ada Lovelace added Bob Ray to Global Administrator [mfzwk3tfmrzw64tjojuw4zzaef].",
                     *       "claims": [
                     *         {
                     *           "text": "Ada Lovelace added Bob Ray to Global Administrator [mfzwk3tfmrzw64tjojuw4zzaef].",
                     *           "events": [
                     *             "mfzwk3tfmrzw64tjojuw4zzaef"
                     *           ],
                     *           "supported": true
                     *         }
                     *       ],
                     *       "warnings": [],
                     *       "what": "Ada Lovelace added Bob Ray to Global Administrator",
                     *       "changes": [],
                     *       "history": {
                     *         "days_30": 0,
                     *         "days_90": 0,
                     *         "first": true,
                     *         "actor_events": 40,
                     *         "others": 0,
                     *         "address": 0,
                     *         "addresses": 0,
                     *         "hour_events": 0,
                     *         "complete": true,
                     *         "known": true
                     *       },
                     *       "usual": [
                     *         {
                     *           "text": "In the 90 days before, this actor never did it; 2 others did. The actor has 40 events in that time.",
                     *           "unusual": true
                     *         }
                     *       ],
                     *       "why_it_matters": "Who has a role of administration can do what it allows, everywhere.",
                     *       "techniques": [
                     *         {
                     *           "id": "T1098.003",
                     *           "name": "Account Manipulation: Additional Cloud Roles"
                     *         }
                     *       ],
                     *       "alerts": [],
                     *       "next": [
                     *         {
                     *           "text": "Who else did the same",
                     *           "q": "operation:\"Add member to role\"",
                     *           "start": "2026-02-23T11:50:00Z",
                     *           "end": "2026-03-09T11:50:00Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        /** @description Alerts that rest on the event. */
                        alerts: components["schemas"]["FactAlert"][] | null;
                        /** @enum {string} */
                        by: "rules" | "model";
                        /** @description What changed, from what to what; at most 30. */
                        changes: components["schemas"]["Change"][] | null;
                        claims: components["schemas"]["Claim"][] | null;
                        /** @description What is stored of who did it. */
                        history: components["schemas"]["Usual"];
                        key: string;
                        model?: string;
                        /** @description What to look at next. */
                        next: components["schemas"]["Suggestion"][] | null;
                        /** @description Where the event was sent; absent when nowhere. */
                        provider?: string;
                        techniques: components["schemas"]["Technique"][] | null;
                        /** @description Safe Markdown. Events are cited as [key]. */
                        text: string;
                        /** @description Whether it is usual for who did it, in words. */
                        usual: components["schemas"]["Habit"][] | null;
                        warnings: string[] | null;
                        /** @description What happened. */
                        what: string;
                        /** @description Why this kind of operation matters. */
                        why_it_matters: string;
                    };
                    /**
                     * @example event: step
                     *     data: {"tool":"get_event","says":"reading the event"}
                     */
                    "text/event-stream": string;
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *       "by": "rules",
                     *       "text": "Ada Lovelace added Bob Ray to Global Administrator [mfzwk3tfmrzw64tjojuw4zzaef].",
                     *       "claims": [
                     *         {
                     *           "text": "Ada Lovelace added Bob Ray to Global Administrator [mfzwk3tfmrzw64tjojuw4zzaef].",
                     *           "events": [
                     *             "mfzwk3tfmrzw64tjojuw4zzaef"
                     *           ],
                     *           "supported": true
                     *         }
                     *       ],
                     *       "warnings": [],
                     *       "what": "Ada Lovelace added Bob Ray to Global Administrator",
                     *       "changes": [],
                     *       "history": {
                     *         "days_30": 0,
                     *         "days_90": 0,
                     *         "first": true,
                     *         "actor_events": 40,
                     *         "others": 0,
                     *         "address": 0,
                     *         "addresses": 0,
                     *         "hour_events": 0,
                     *         "complete": true,
                     *         "known": true
                     *       },
                     *       "usual": [
                     *         {
                     *           "text": "In the 90 days before, this actor never did it; 2 others did. The actor has 40 events in that time.",
                     *           "unusual": true
                     *         }
                     *       ],
                     *       "why_it_matters": "Who has a role of administration can do what it allows, everywhere.",
                     *       "techniques": [
                     *         {
                     *           "id": "T1098.003",
                     *           "name": "Account Manipulation: Additional Cloud Roles"
                     *         }
                     *       ],
                     *       "alerts": [],
                     *       "next": [
                     *         {
                     *           "text": "Who else did the same",
                     *           "q": "operation:\"Add member to role\"",
                     *           "start": "2026-02-23T11:50:00Z",
                     *           "end": "2026-03-09T11:50:00Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-event-edits": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Key, or id of the source. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "seq": 7,
                     *           "action": "tags",
                     *           "by": "Ada Lovelace",
                     *           "at": "2026-03-02T11:50:00Z",
                     *           "batch": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "before": [],
                     *           "after": [
                     *             "incident-7"
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Edits"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "seq": 7,
                     *           "action": "tags",
                     *           "by": "Ada Lovelace",
                     *           "at": "2026-03-02T11:50:00Z",
                     *           "batch": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "before": [],
                     *           "after": [
                     *             "incident-7"
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-event-names": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Key, or id of the source. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": {
                     *         "aaaaaaaa-0000-4000-8000-00000000000a": {
                     *           "name": "Ada Lovelace",
                     *           "kind": "user",
                     *           "upn": "ada@contoso.example"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Names"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": {
                     *         "aaaaaaaa-0000-4000-8000-00000000000a": {
                     *           "name": "Ada Lovelace",
                     *           "kind": "user",
                     *           "upn": "ada@contoso.example"
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-event-raw": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Key, or id of the source. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The record */
            200: {
                headers: {
                    "Content-Disposition"?: string;
                    "Content-Type"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-related-events": {
        parameters: {
            query?: {
                /** @description How far to look before and after. */
                hours?: number;
            };
            header?: never;
            path: {
                /** @description Key, or id of the source. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "by": "actor",
                     *           "value": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *           "label": "Ada Lovelace",
                     *           "q": "actor:aaaaaaaa-0000-4000-8000-00000000000a,ada@contoso.example",
                     *           "start": "2026-03-02T10:50:00Z",
                     *           "end": "2026-03-02T12:50:00Z",
                     *           "total": 1,
                     *           "events": []
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Relations"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "by": "actor",
                     *           "value": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *           "label": "Ada Lovelace",
                     *           "q": "actor:aaaaaaaa-0000-4000-8000-00000000000a,ada@contoso.example",
                     *           "start": "2026-03-02T10:50:00Z",
                     *           "end": "2026-03-02T12:50:00Z",
                     *           "total": 1,
                     *           "events": []
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "review-event": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                /** @description Key, or id of the source. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "state": "expected",
                 *       "note": "Agreed in the change board.",
                 *       "ticket": "https://tickets.contoso.example/CHG-1042"
                 *     }
                 */
                "application/json": components["schemas"]["ReviewChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-AOC-Batch"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *       "id": "Directory_0a1b2c",
                     *       "dedupe_key": "directory/11111111-2222-3333-4444-555555555555/Directory_0a1b2c",
                     *       "seq": 1042,
                     *       "source": "directory",
                     *       "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *       "timestamp": "2026-03-02T11:50:00Z",
                     *       "received_at": "2026-03-02T11:52:00Z",
                     *       "origin": "collected",
                     *       "service": "RoleManagement",
                     *       "workload": "Entra ID",
                     *       "record_type": "directoryAudit",
                     *       "operation": "Add member to role",
                     *       "result": "success",
                     *       "actor": {
                     *         "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *         "name": "Ada Lovelace",
                     *         "upn": "ada@contoso.example"
                     *       },
                     *       "actor_kind": "person",
                     *       "actor_display": "Ada Lovelace",
                     *       "client_ip": "192.0.2.7",
                     *       "targets": [
                     *         {
                     *           "name": "Bob Ray",
                     *           "type": "User",
                     *           "upn": "bob@contoso.example"
                     *         }
                     *       ],
                     *       "target_displays": [
                     *         "Bob Ray"
                     *       ],
                     *       "changes": [],
                     *       "display_summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *       "revisions": 0,
                     *       "tags": [],
                     *       "comments": [],
                     *       "review": {
                     *         "state": "expected",
                     *         "by": "Ada Lovelace",
                     *         "ticket": "CHG-1042",
                     *         "at": "2026-03-02T12:50:00Z",
                     *         "edit": 7
                     *       },
                     *       "raw": {
                     *         "id": "Directory_0a1b2c"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Event"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *       "id": "Directory_0a1b2c",
                     *       "dedupe_key": "directory/11111111-2222-3333-4444-555555555555/Directory_0a1b2c",
                     *       "seq": 1042,
                     *       "source": "directory",
                     *       "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *       "timestamp": "2026-03-02T11:50:00Z",
                     *       "received_at": "2026-03-02T11:52:00Z",
                     *       "origin": "collected",
                     *       "service": "RoleManagement",
                     *       "workload": "Entra ID",
                     *       "record_type": "directoryAudit",
                     *       "operation": "Add member to role",
                     *       "result": "success",
                     *       "actor": {
                     *         "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *         "name": "Ada Lovelace",
                     *         "upn": "ada@contoso.example"
                     *       },
                     *       "actor_kind": "person",
                     *       "actor_display": "Ada Lovelace",
                     *       "client_ip": "192.0.2.7",
                     *       "targets": [
                     *         {
                     *           "name": "Bob Ray",
                     *           "type": "User",
                     *           "upn": "bob@contoso.example"
                     *         }
                     *       ],
                     *       "target_displays": [
                     *         "Bob Ray"
                     *       ],
                     *       "changes": [],
                     *       "display_summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *       "revisions": 0,
                     *       "tags": [],
                     *       "comments": [],
                     *       "review": {
                     *         "state": "expected",
                     *         "by": "Ada Lovelace",
                     *         "ticket": "CHG-1042",
                     *         "at": "2026-03-02T12:50:00Z",
                     *         "edit": 7
                     *       },
                     *       "raw": {
                     *         "id": "Directory_0a1b2c"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "tag-event": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                /** @description Key, or id of the source. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "add": [
                 *         "incident-7"
                 *       ],
                 *       "remove": [
                 *         "to do"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["TagChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    "X-AOC-Batch"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *       "id": "Directory_0a1b2c",
                     *       "dedupe_key": "directory/11111111-2222-3333-4444-555555555555/Directory_0a1b2c",
                     *       "seq": 1042,
                     *       "source": "directory",
                     *       "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *       "timestamp": "2026-03-02T11:50:00Z",
                     *       "received_at": "2026-03-02T11:52:00Z",
                     *       "origin": "collected",
                     *       "service": "RoleManagement",
                     *       "workload": "Entra ID",
                     *       "record_type": "directoryAudit",
                     *       "operation": "Add member to role",
                     *       "result": "success",
                     *       "actor": {
                     *         "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *         "name": "Ada Lovelace",
                     *         "upn": "ada@contoso.example"
                     *       },
                     *       "actor_kind": "person",
                     *       "actor_display": "Ada Lovelace",
                     *       "client_ip": "192.0.2.7",
                     *       "targets": [
                     *         {
                     *           "name": "Bob Ray",
                     *           "type": "User",
                     *           "upn": "bob@contoso.example"
                     *         }
                     *       ],
                     *       "target_displays": [
                     *         "Bob Ray"
                     *       ],
                     *       "changes": [],
                     *       "display_summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *       "revisions": 0,
                     *       "tags": [],
                     *       "comments": [],
                     *       "review": {
                     *         "state": "expected",
                     *         "by": "Ada Lovelace",
                     *         "ticket": "CHG-1042",
                     *         "at": "2026-03-02T12:50:00Z",
                     *         "edit": 7
                     *       },
                     *       "raw": {
                     *         "id": "Directory_0a1b2c"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Event"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *       "id": "Directory_0a1b2c",
                     *       "dedupe_key": "directory/11111111-2222-3333-4444-555555555555/Directory_0a1b2c",
                     *       "seq": 1042,
                     *       "source": "directory",
                     *       "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *       "timestamp": "2026-03-02T11:50:00Z",
                     *       "received_at": "2026-03-02T11:52:00Z",
                     *       "origin": "collected",
                     *       "service": "RoleManagement",
                     *       "workload": "Entra ID",
                     *       "record_type": "directoryAudit",
                     *       "operation": "Add member to role",
                     *       "result": "success",
                     *       "actor": {
                     *         "id": "aaaaaaaa-0000-4000-8000-00000000000a",
                     *         "name": "Ada Lovelace",
                     *         "upn": "ada@contoso.example"
                     *       },
                     *       "actor_kind": "person",
                     *       "actor_display": "Ada Lovelace",
                     *       "client_ip": "192.0.2.7",
                     *       "targets": [
                     *         {
                     *           "name": "Bob Ray",
                     *           "type": "User",
                     *           "upn": "bob@contoso.example"
                     *         }
                     *       ],
                     *       "target_displays": [
                     *         "Bob Ray"
                     *       ],
                     *       "changes": [],
                     *       "display_summary": "Ada Lovelace added Bob Ray to Global Administrator",
                     *       "revisions": 0,
                     *       "tags": [],
                     *       "comments": [],
                     *       "review": {
                     *         "state": "expected",
                     *         "by": "Ada Lovelace",
                     *         "ticket": "CHG-1042",
                     *         "at": "2026-03-02T12:50:00Z",
                     *         "edit": 7
                     *       },
                     *       "raw": {
                     *         "id": "Directory_0a1b2c"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-event-versions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Key, or id of the source. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "seq": 1042,
                     *           "received_at": "2026-03-02T11:50:00Z",
                     *           "raw": {
                     *             "id": "Directory_0a1b2c"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Versions"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "seq": 1042,
                     *           "received_at": "2026-03-02T11:50:00Z",
                     *           "raw": {
                     *             "id": "Directory_0a1b2c"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "export-events": {
        parameters: {
            query?: {
                /** @description Display name, user principal name or object id, whole; letter case does not matter. */
                actor?: string[];
                actor_kind?: ("person" | "app" | "system")[];
                /** @description Events before this time. */
                end?: string;
                format?: "csv" | "jsonl";
                /** @description hide leaves out what the service did by itself, unless the query names a kind of actor or an id. */
                noise?: "show" | "hide";
                operation?: string[];
                /** @description Query language: words, "phrases", field:value, AND OR NOT, parentheses, *; see the documentation of the query language. */
                q?: string;
                result?: ("success" | "failure" | "partial" | "unknown")[];
                /** @description Terms that must all occur, as part of any value of the record; letter case does not matter. */
                search?: string[];
                /** @description The source's own category or workload. */
                service?: string[];
                source?: ("directory" | "intune" | "unified" | "signin" | "risk" | "aoc")[];
                /** @description Events at or after this time. */
                start?: string;
                tags?: string[];
                /** @description Tenant ids. */
                tenant?: string[];
                /** @description IANA time zone of times in q that name none. */
                tz?: string;
                /** @description The product in words, such as Exchange. */
                workload?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                    "text/csv; charset=utf-8": string;
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-event-histogram": {
        parameters: {
            query?: {
                /** @description Display name, user principal name or object id, whole; letter case does not matter. */
                actor?: string[];
                actor_kind?: ("person" | "app" | "system")[];
                /** @description Events before this time. */
                end?: string;
                /** @description hide leaves out what the service did by itself, unless the query names a kind of actor or an id. */
                noise?: "show" | "hide";
                operation?: string[];
                /** @description Query language: words, "phrases", field:value, AND OR NOT, parentheses, *; see the documentation of the query language. */
                q?: string;
                result?: ("success" | "failure" | "partial" | "unknown")[];
                /** @description Terms that must all occur, as part of any value of the record; letter case does not matter. */
                search?: string[];
                /** @description The source's own category or workload. */
                service?: string[];
                source?: ("directory" | "intune" | "unified" | "signin" | "risk" | "aoc")[];
                /** @description Events at or after this time. */
                start?: string;
                tags?: string[];
                /** @description Tenant ids. */
                tenant?: string[];
                /** @description IANA time zone of times in q that name none. */
                tz?: string;
                /** @description Width of a bar; chosen from the time when not given. */
                width?: "1m" | "5m" | "15m" | "30m" | "1h" | "3h" | "6h" | "12h" | "1d" | "7d" | "28d";
                /** @description The product in words, such as Exchange. */
                workload?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "width_seconds": 900,
                     *       "start": "2026-03-02T11:50:00Z",
                     *       "end": "2026-03-02T12:50:00Z",
                     *       "buckets": [
                     *         {
                     *           "start": "2026-03-02T11:45:00Z",
                     *           "count": 3,
                     *           "results": {
                     *             "success": 3
                     *           }
                     *         }
                     *       ],
                     *       "total": 3,
                     *       "complete": true
                     *     }
                     */
                    "application/json": components["schemas"]["Histogram"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "width_seconds": 900,
                     *       "start": "2026-03-02T11:50:00Z",
                     *       "end": "2026-03-02T12:50:00Z",
                     *       "buckets": [
                     *         {
                     *           "start": "2026-03-02T11:45:00Z",
                     *           "count": 3,
                     *           "results": {
                     *             "success": 3
                     *           }
                     *         }
                     *       ],
                     *       "total": 3,
                     *       "complete": true
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "review-events": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "select": {
                 *         "q": "actor:\"Ada Lovelace\" operation:\"Add member to role\" is:unreviewed",
                 *         "up_to_seq": 1042
                 *       },
                 *       "state": "expected",
                 *       "note": "Agreed in the change board.",
                 *       "ticket": "https://tickets.contoso.example/CHG-1042",
                 *       "only_unreviewed": true
                 *     }
                 */
                "application/json": components["schemas"]["BulkReview"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "batch": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "matched": 12,
                     *       "changed": 11
                     *     }
                     */
                    "application/json": components["schemas"]["BulkResult"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "batch": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "matched": 12,
                     *       "changed": 11
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "stream-events": {
        parameters: {
            query?: {
                /** @description Display name, user principal name or object id, whole; letter case does not matter. */
                actor?: string[];
                actor_kind?: ("person" | "app" | "system")[];
                /** @description last_seq of the list that is shown; without it, from now on. */
                after?: number;
                /** @description Events before this time. */
                end?: string;
                /** @description hide leaves out what the service did by itself, unless the query names a kind of actor or an id. */
                noise?: "show" | "hide";
                operation?: string[];
                /** @description Query language: words, "phrases", field:value, AND OR NOT, parentheses, *; see the documentation of the query language. */
                q?: string;
                /** @description false leaves the records out. */
                raw?: boolean;
                result?: ("success" | "failure" | "partial" | "unknown")[];
                /** @description Terms that must all occur, as part of any value of the record; letter case does not matter. */
                search?: string[];
                /** @description The source's own category or workload. */
                service?: string[];
                source?: ("directory" | "intune" | "unified" | "signin" | "risk" | "aoc")[];
                /** @description Events at or after this time. */
                start?: string;
                tags?: string[];
                /** @description Tenant ids. */
                tenant?: string[];
                /** @description IANA time zone of times in q that name none. */
                tz?: string;
                /** @description The product in words, such as Exchange. */
                workload?: string[];
            };
            header?: {
                /** @description Where a connection that broke goes on; goes before after. */
                "Last-Event-ID"?: number;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example id: 1042
                     *     event: events
                     *     data: {"count":1,"last_seq":1042,"items":[…]}
                     */
                    "text/event-stream": string;
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-event-summary": {
        parameters: {
            query?: {
                /** @description Display name, user principal name or object id, whole; letter case does not matter. */
                actor?: string[];
                actor_kind?: ("person" | "app" | "system")[];
                /** @description Events before this time. */
                end?: string;
                /** @description Fields to count by, separated by commas. */
                facets?: ("source" | "workload" | "service" | "operation" | "result" | "actor" | "actor_kind" | "record_type" | "ip" | "origin" | "tenant" | "tag")[];
                /** @description hide leaves out what the service did by itself, unless the query names a kind of actor or an id. */
                noise?: "show" | "hide";
                operation?: string[];
                /** @description Query language: words, "phrases", field:value, AND OR NOT, parentheses, *; see the documentation of the query language. */
                q?: string;
                result?: ("success" | "failure" | "partial" | "unknown")[];
                /** @description Terms that must all occur, as part of any value of the record; letter case does not matter. */
                search?: string[];
                /** @description The source's own category or workload. */
                service?: string[];
                source?: ("directory" | "intune" | "unified" | "signin" | "risk" | "aoc")[];
                /** @description Events at or after this time. */
                start?: string;
                tags?: string[];
                /** @description Tenant ids. */
                tenant?: string[];
                /** @description IANA time zone of times in q that name none. */
                tz?: string;
                /** @description The most values of each field. */
                values?: number;
                /** @description Width of a bar; chosen from the time when not given. */
                width?: "1m" | "5m" | "15m" | "30m" | "1h" | "3h" | "6h" | "12h" | "1d" | "7d" | "28d";
                /** @description The product in words, such as Exchange. */
                workload?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "total": 3,
                     *       "complete": true,
                     *       "first": "2026-03-02T11:50:00Z",
                     *       "last": "2026-03-02T11:50:00Z",
                     *       "hidden": 1204,
                     *       "facets": [
                     *         {
                     *           "field": "operation",
                     *           "values": [
                     *             {
                     *               "value": "Add member to role",
                     *               "count": 3
                     *             }
                     *           ],
                     *           "distinct": 1,
                     *           "missing": 0
                     *         }
                     *       ],
                     *       "histogram": {
                     *         "width_seconds": 900,
                     *         "start": "2026-03-02T11:50:00Z",
                     *         "end": "2026-03-02T12:50:00Z",
                     *         "buckets": [
                     *           {
                     *             "start": "2026-03-02T11:45:00Z",
                     *             "count": 3,
                     *             "results": {
                     *               "success": 3
                     *             }
                     *           }
                     *         ],
                     *         "total": 3,
                     *         "complete": true
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Summary"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "total": 3,
                     *       "complete": true,
                     *       "first": "2026-03-02T11:50:00Z",
                     *       "last": "2026-03-02T11:50:00Z",
                     *       "hidden": 1204,
                     *       "facets": [
                     *         {
                     *           "field": "operation",
                     *           "values": [
                     *             {
                     *               "value": "Add member to role",
                     *               "count": 3
                     *             }
                     *           ],
                     *           "distinct": 1,
                     *           "missing": 0
                     *         }
                     *       ],
                     *       "histogram": {
                     *         "width_seconds": 900,
                     *         "start": "2026-03-02T11:50:00Z",
                     *         "end": "2026-03-02T12:50:00Z",
                     *         "buckets": [
                     *           {
                     *             "start": "2026-03-02T11:45:00Z",
                     *             "count": 3,
                     *             "results": {
                     *               "success": 3
                     *             }
                     *           }
                     *         ],
                     *         "total": 3,
                     *         "complete": true
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "tag-events": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "keys": [
                 *         "mfzwk3tfmrzw64tjojuw4zzaef"
                 *       ],
                 *       "add": [
                 *         "incident-7"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["BulkTags"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "batch": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "matched": 12,
                     *       "changed": 11
                     *     }
                     */
                    "application/json": components["schemas"]["BulkResult"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "batch": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "matched": 12,
                     *       "changed": 11
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-facet": {
        parameters: {
            query: {
                /** @description Display name, user principal name or object id, whole; letter case does not matter. */
                actor?: string[];
                actor_kind?: ("person" | "app" | "system")[];
                /** @description Part of the value; letter case does not matter. */
                contains?: string;
                /** @description Events before this time. */
                end?: string;
                field: "source" | "workload" | "service" | "operation" | "result" | "actor" | "actor_kind" | "record_type" | "ip" | "origin" | "tenant" | "tag";
                /** @description The most values. */
                n?: number;
                /** @description hide leaves out what the service did by itself, unless the query names a kind of actor or an id. */
                noise?: "show" | "hide";
                operation?: string[];
                /** @description Query language: words, "phrases", field:value, AND OR NOT, parentheses, *; see the documentation of the query language. */
                q?: string;
                result?: ("success" | "failure" | "partial" | "unknown")[];
                /** @description Terms that must all occur, as part of any value of the record; letter case does not matter. */
                search?: string[];
                /** @description The source's own category or workload. */
                service?: string[];
                source?: ("directory" | "intune" | "unified" | "signin" | "risk" | "aoc")[];
                /** @description Events at or after this time. */
                start?: string;
                tags?: string[];
                /** @description Tenant ids. */
                tenant?: string[];
                /** @description IANA time zone of times in q that name none. */
                tz?: string;
                /** @description The product in words, such as Exchange. */
                workload?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "field": "operation",
                     *       "values": [
                     *         {
                     *           "value": "Add member to role",
                     *           "count": 3
                     *         }
                     *       ],
                     *       "distinct": 1,
                     *       "missing": 0,
                     *       "total": 3,
                     *       "complete": true
                     *     }
                     */
                    "application/json": components["schemas"]["FacetPage"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "field": "operation",
                     *       "values": [
                     *         {
                     *           "value": "Add member to role",
                     *           "count": 3
                     *         }
                     *       ],
                     *       "distinct": 1,
                     *       "missing": 0,
                     *       "total": 3,
                     *       "complete": true
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "fetch-audit-logs": {
        parameters: {
            query?: {
                /** @description List this many hours before now again, at most what Microsoft keeps; 0 collects what is due. */
                hours?: number;
                /** @description Collectors (directoryaudit), feeds (managementactivity/Audit.Exchange) or sources (directory); none means all. */
                source?: string[];
                /** @description Seconds to wait for the outcome; 0 answers at once. */
                wait?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FetchResult"];
                };
            };
            /** @description The collection goes on. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FetchResult"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "start-fetch-audit-logs": {
        parameters: {
            query?: {
                /** @description List this many hours before now again, at most what Microsoft keeps; 0 collects what is due. */
                hours?: number;
                /** @description Collectors (directoryaudit), feeds (managementactivity/Audit.Exchange) or sources (directory); none means all. */
                source?: string[];
                /** @description Seconds to wait for the outcome; 0 answers at once. */
                wait?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FetchResult"];
                };
            };
            /** @description The collection goes on. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FetchResult"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-fetch": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-filter-options": {
        parameters: {
            query?: {
                /** @description Tenant ids; none means all. */
                tenant?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "service": [],
                     *       "operation": [
                     *         {
                     *           "value": "Add member to role",
                     *           "count": 3
                     *         }
                     *       ],
                     *       "result": [],
                     *       "source": [],
                     *       "workload": [],
                     *       "actor": [],
                     *       "actor_kind": [],
                     *       "tags": [],
                     *       "tenant": []
                     *     }
                     */
                    "application/json": components["schemas"]["FilterOptions"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "service": [],
                     *       "operation": [
                     *         {
                     *           "value": "Add member to role",
                     *           "count": 3
                     *         }
                     *       ],
                     *       "result": [],
                     *       "source": [],
                     *       "workload": [],
                     *       "actor": [],
                     *       "actor_kind": [],
                     *       "tags": [],
                     *       "tenant": []
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "import-file": {
        parameters: {
            query: {
                /** @description Name of the file, for people. */
                name: string;
                /** @description Tenant (GUID) of records that do not name theirs; default TENANT_ID. */
                tenant?: string;
            };
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description The file, up to AOC_IMPORT_MAX_MB. */
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "name": "AuditLog.csv",
                     *       "by": "Ada Lovelace",
                     *       "process": "",
                     *       "state": "done",
                     *       "queued": false,
                     *       "started_at": "2026-03-02T11:50:00Z",
                     *       "ended_at": "2026-03-02T11:50:01Z",
                     *       "read_bytes": 1048576,
                     *       "total_bytes": 1048576,
                     *       "counts": {
                     *         "read": 1000,
                     *         "new": 990,
                     *         "duplicate": 10,
                     *         "revision": 0,
                     *         "quarantined": 0
                     *       },
                     *       "files": [
                     *         {
                     *           "path": "AuditLog.csv",
                     *           "format": "Purview audit search export",
                     *           "read": 1000,
                     *           "new": 990,
                     *           "duplicate": 10,
                     *           "revision": 0,
                     *           "quarantined": 0
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Upload"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "name": "AuditLog.csv",
                     *       "by": "Ada Lovelace",
                     *       "process": "",
                     *       "state": "done",
                     *       "queued": false,
                     *       "started_at": "2026-03-02T11:50:00Z",
                     *       "ended_at": "2026-03-02T11:50:01Z",
                     *       "read_bytes": 1048576,
                     *       "total_bytes": 1048576,
                     *       "counts": {
                     *         "read": 1000,
                     *         "new": 990,
                     *         "duplicate": 10,
                     *         "revision": 0,
                     *         "quarantined": 0
                     *       },
                     *       "files": [
                     *         {
                     *           "path": "AuditLog.csv",
                     *           "format": "Purview audit search export",
                     *           "read": 1000,
                     *           "new": 990,
                     *           "duplicate": 10,
                     *           "revision": 0,
                     *           "quarantined": 0
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-import": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "name": "AuditLog.csv",
                     *       "by": "Ada Lovelace",
                     *       "process": "",
                     *       "state": "done",
                     *       "queued": false,
                     *       "started_at": "2026-03-02T11:50:00Z",
                     *       "ended_at": "2026-03-02T11:50:01Z",
                     *       "read_bytes": 1048576,
                     *       "total_bytes": 1048576,
                     *       "counts": {
                     *         "read": 1000,
                     *         "new": 990,
                     *         "duplicate": 10,
                     *         "revision": 0,
                     *         "quarantined": 0
                     *       },
                     *       "files": [
                     *         {
                     *           "path": "AuditLog.csv",
                     *           "format": "Purview audit search export",
                     *           "read": 1000,
                     *           "new": 990,
                     *           "duplicate": 10,
                     *           "revision": 0,
                     *           "quarantined": 0
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Upload"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "name": "AuditLog.csv",
                     *       "by": "Ada Lovelace",
                     *       "process": "",
                     *       "state": "done",
                     *       "queued": false,
                     *       "started_at": "2026-03-02T11:50:00Z",
                     *       "ended_at": "2026-03-02T11:50:01Z",
                     *       "read_bytes": 1048576,
                     *       "total_bytes": 1048576,
                     *       "counts": {
                     *         "read": 1000,
                     *         "new": 990,
                     *         "duplicate": 10,
                     *         "revision": 0,
                     *         "quarantined": 0
                     *       },
                     *       "files": [
                     *         {
                     *           "path": "AuditLog.csv",
                     *           "format": "Purview audit search export",
                     *           "read": 1000,
                     *           "new": 990,
                     *           "duplicate": 10,
                     *           "revision": 0,
                     *           "quarantined": 0
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "cancel-import": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "ada@contoso.example",
                     *       "via": "session",
                     *       "role": "analyst",
                     *       "rights": [
                     *         "annotate",
                     *         "export",
                     *         "read",
                     *         "saved",
                     *         "windows"
                     *       ],
                     *       "tenants": []
                     *     }
                     */
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "ada@contoso.example",
                     *       "via": "session",
                     *       "role": "analyst",
                     *       "rights": [
                     *         "annotate",
                     *         "export",
                     *         "read",
                     *         "saved",
                     *         "windows"
                     *       ],
                     *       "tenants": []
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-notifiers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "version": 1,
                     *           "by": "ada@contoso.example",
                     *           "at": "2026-03-02T11:50:00Z",
                     *           "name": "Security on call",
                     *           "kind": "teams",
                     *           "enabled": true,
                     *           "severity": "high",
                     *           "digest_minutes": 5,
                     *           "most_per_hour": 20,
                     *           "settings": {
                     *             "url": "TEAMS_SOC"
                     *           },
                     *           "status": {
                     *             "state": "running",
                     *             "waiting": 2,
                     *             "messages": 42,
                     *             "alerts": 57,
                     *             "sent_at": "2026-03-02T11:50:00Z",
                     *             "failures": 0
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["NotifiersBody"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "version": 1,
                     *           "by": "ada@contoso.example",
                     *           "at": "2026-03-02T11:50:00Z",
                     *           "name": "Security on call",
                     *           "kind": "teams",
                     *           "enabled": true,
                     *           "severity": "high",
                     *           "digest_minutes": 5,
                     *           "most_per_hour": 20,
                     *           "settings": {
                     *             "url": "TEAMS_SOC"
                     *           },
                     *           "status": {
                     *             "state": "running",
                     *             "waiting": 2,
                     *             "messages": 42,
                     *             "alerts": 57,
                     *             "sent_at": "2026-03-02T11:50:00Z",
                     *             "failures": 0
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "create-notifier": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Security on call",
                 *       "kind": "teams",
                 *       "enabled": true,
                 *       "severity": "high",
                 *       "digest_minutes": 5,
                 *       "most_per_hour": 20,
                 *       "settings": {
                 *         "url": "TEAMS_SOC"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["NotifierSpec"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "ada@contoso.example",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "Security on call",
                     *       "kind": "teams",
                     *       "enabled": true,
                     *       "severity": "high",
                     *       "digest_minutes": 5,
                     *       "most_per_hour": 20,
                     *       "settings": {
                     *         "url": "TEAMS_SOC"
                     *       },
                     *       "status": {
                     *         "state": "running",
                     *         "waiting": 2,
                     *         "messages": 42,
                     *         "alerts": 57,
                     *         "sent_at": "2026-03-02T11:50:00Z",
                     *         "failures": 0
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Notifier"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "ada@contoso.example",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "Security on call",
                     *       "kind": "teams",
                     *       "enabled": true,
                     *       "severity": "high",
                     *       "digest_minutes": 5,
                     *       "most_per_hour": 20,
                     *       "settings": {
                     *         "url": "TEAMS_SOC"
                     *       },
                     *       "status": {
                     *         "state": "running",
                     *         "waiting": 2,
                     *         "messages": 42,
                     *         "alerts": 57,
                     *         "sent_at": "2026-03-02T11:50:00Z",
                     *         "failures": 0
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "update-notifier": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Security on call",
                 *       "kind": "teams",
                 *       "enabled": true,
                 *       "severity": "high",
                 *       "digest_minutes": 5,
                 *       "most_per_hour": 20,
                 *       "settings": {
                 *         "url": "TEAMS_SOC"
                 *       },
                 *       "version": 1
                 *     }
                 */
                "application/json": components["schemas"]["NotifierChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "ada@contoso.example",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "Security on call",
                     *       "kind": "teams",
                     *       "enabled": true,
                     *       "severity": "high",
                     *       "digest_minutes": 5,
                     *       "most_per_hour": 20,
                     *       "settings": {
                     *         "url": "TEAMS_SOC"
                     *       },
                     *       "status": {
                     *         "state": "running",
                     *         "waiting": 2,
                     *         "messages": 42,
                     *         "alerts": 57,
                     *         "sent_at": "2026-03-02T11:50:00Z",
                     *         "failures": 0
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Notifier"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "ada@contoso.example",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "Security on call",
                     *       "kind": "teams",
                     *       "enabled": true,
                     *       "severity": "high",
                     *       "digest_minutes": 5,
                     *       "most_per_hour": 20,
                     *       "settings": {
                     *         "url": "TEAMS_SOC"
                     *       },
                     *       "status": {
                     *         "state": "running",
                     *         "waiting": 2,
                     *         "messages": 42,
                     *         "alerts": 57,
                     *         "sent_at": "2026-03-02T11:50:00Z",
                     *         "failures": 0
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "delete-notifier": {
        parameters: {
            query: {
                /** @description The version that was looked at. */
                version: number;
            };
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-notifier-kinds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kinds": [
                     *         {
                     *           "kind": "teams",
                     *           "title": "Microsoft Teams",
                     *           "help": "An adaptive card, through a workflow.",
                     *           "settings": [
                     *             {
                     *               "name": "url",
                     *               "title": "Address",
                     *               "kind": "secret",
                     *               "required": true,
                     *               "help": "The secret that holds the address that the workflow shows."
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "secrets": [
                     *         "TEAMS_SOC"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["NotifierKinds"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kinds": [
                     *         {
                     *           "kind": "teams",
                     *           "title": "Microsoft Teams",
                     *           "help": "An adaptive card, through a workflow.",
                     *           "settings": [
                     *             {
                     *               "name": "url",
                     *               "title": "Address",
                     *               "kind": "secret",
                     *               "required": true,
                     *               "help": "The secret that holds the address that the workflow shows."
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "secrets": [
                     *         "TEAMS_SOC"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "test-notifier": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p"
                 *     }
                 */
                "application/json": components["schemas"]["NotifierToTest"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "delivered": false,
                     *       "code": "unavailable",
                     *       "error": "the receiver cannot be reached, or the connection broke",
                     *       "hint": "Look whether the receiver runs."
                     *     }
                     */
                    "application/json": components["schemas"]["NotifierTest"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "delivered": false,
                     *       "code": "unavailable",
                     *       "error": "the receiver cannot be reached, or the connection broke",
                     *       "hint": "Look whether the receiver runs."
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-review-queue": {
        parameters: {
            query?: {
                /** @description Display name, user principal name or object id, whole; letter case does not matter. */
                actor?: string[];
                actor_kind?: ("person" | "app" | "system")[];
                /** @description Events before this time. */
                end?: string;
                /** @description The most groups. */
                n?: number;
                /** @description hide leaves out what the service did by itself, unless the query names a kind of actor or an id. */
                noise?: "show" | "hide";
                /** @description Changes that happened more than so many days ago. */
                older_than_days?: number;
                operation?: string[];
                /** @description Query language: words, "phrases", field:value, AND OR NOT, parentheses, *; see the documentation of the query language. */
                q?: string;
                result?: ("success" | "failure" | "partial" | "unknown")[];
                /** @description Terms that must all occur, as part of any value of the record; letter case does not matter. */
                search?: string[];
                /** @description The source's own category or workload. */
                service?: string[];
                source?: ("directory" | "intune" | "unified" | "signin" | "risk" | "aoc")[];
                /** @description Events at or after this time. */
                start?: string;
                tags?: string[];
                /** @description Tenant ids. */
                tenant?: string[];
                /** @description IANA time zone of times in q that name none. */
                tz?: string;
                /** @description The product in words, such as Exchange. */
                workload?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "total": 3,
                     *       "complete": true,
                     *       "groups": [
                     *         {
                     *           "actor": "Ada Lovelace",
                     *           "kind": "person",
                     *           "operation": "Add member to role",
                     *           "count": 3,
                     *           "first": "2026-03-02T11:50:00Z",
                     *           "last": "2026-03-02T11:50:00Z",
                     *           "q": "actor:\"Ada Lovelace\" operation:\"Add member to role\" is:change is:unreviewed"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Queue"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "total": 3,
                     *       "complete": true,
                     *       "groups": [
                     *         {
                     *           "actor": "Ada Lovelace",
                     *           "kind": "person",
                     *           "operation": "Add member to role",
                     *           "count": 3,
                     *           "first": "2026-03-02T11:50:00Z",
                     *           "last": "2026-03-02T11:50:00Z",
                     *           "q": "actor:\"Ada Lovelace\" operation:\"Add member to role\" is:change is:unreviewed"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "version": 1,
                     *           "by": "ada@contoso.example",
                     *           "at": "2026-03-02T11:50:00Z",
                     *           "name": "Role granted",
                     *           "enabled": true,
                     *           "severity": "high",
                     *           "conditions": [
                     *             {
                     *               "field": "operation",
                     *               "operator": "is",
                     *               "value": "Add member to role"
                     *             }
                     *           ],
                     *           "title": "Role granted",
                     *           "level": "high",
                     *           "description": "",
                     *           "author": "",
                     *           "license": "",
                     *           "references": [],
                     *           "tags": [],
                     *           "source": "title: Role granted\n…",
                     *           "report": {
                     *             "state": "can_fire"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["RulesBody"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "version": 1,
                     *           "by": "ada@contoso.example",
                     *           "at": "2026-03-02T11:50:00Z",
                     *           "name": "Role granted",
                     *           "enabled": true,
                     *           "severity": "high",
                     *           "conditions": [
                     *             {
                     *               "field": "operation",
                     *               "operator": "is",
                     *               "value": "Add member to role"
                     *             }
                     *           ],
                     *           "title": "Role granted",
                     *           "level": "high",
                     *           "description": "",
                     *           "author": "",
                     *           "license": "",
                     *           "references": [],
                     *           "tags": [],
                     *           "source": "title: Role granted\n…",
                     *           "report": {
                     *             "state": "can_fire"
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "create-rule": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Role granted",
                 *       "enabled": true,
                 *       "severity": "high",
                 *       "conditions": [
                 *         {
                 *           "field": "operation",
                 *           "operator": "is",
                 *           "value": "Add member to role"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RuleSpec"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "ada@contoso.example",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "Role granted",
                     *       "enabled": true,
                     *       "severity": "high",
                     *       "conditions": [
                     *         {
                     *           "field": "operation",
                     *           "operator": "is",
                     *           "value": "Add member to role"
                     *         }
                     *       ],
                     *       "title": "Role granted",
                     *       "level": "high",
                     *       "description": "",
                     *       "author": "",
                     *       "license": "",
                     *       "references": [],
                     *       "tags": [],
                     *       "source": "title: Role granted\n…",
                     *       "report": {
                     *         "state": "can_fire"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Rule"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "ada@contoso.example",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "Role granted",
                     *       "enabled": true,
                     *       "severity": "high",
                     *       "conditions": [
                     *         {
                     *           "field": "operation",
                     *           "operator": "is",
                     *           "value": "Add member to role"
                     *         }
                     *       ],
                     *       "title": "Role granted",
                     *       "level": "high",
                     *       "description": "",
                     *       "author": "",
                     *       "license": "",
                     *       "references": [],
                     *       "tags": [],
                     *       "source": "title: Role granted\n…",
                     *       "report": {
                     *         "state": "can_fire"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-rule": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "ada@contoso.example",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "Role granted",
                     *       "enabled": true,
                     *       "severity": "high",
                     *       "conditions": [
                     *         {
                     *           "field": "operation",
                     *           "operator": "is",
                     *           "value": "Add member to role"
                     *         }
                     *       ],
                     *       "title": "Role granted",
                     *       "level": "high",
                     *       "description": "",
                     *       "author": "",
                     *       "license": "",
                     *       "references": [],
                     *       "tags": [],
                     *       "source": "title: Role granted\n…",
                     *       "report": {
                     *         "state": "can_fire"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Rule"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "ada@contoso.example",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "Role granted",
                     *       "enabled": true,
                     *       "severity": "high",
                     *       "conditions": [
                     *         {
                     *           "field": "operation",
                     *           "operator": "is",
                     *           "value": "Add member to role"
                     *         }
                     *       ],
                     *       "title": "Role granted",
                     *       "level": "high",
                     *       "description": "",
                     *       "author": "",
                     *       "license": "",
                     *       "references": [],
                     *       "tags": [],
                     *       "source": "title: Role granted\n…",
                     *       "report": {
                     *         "state": "can_fire"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "update-rule": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Role granted",
                 *       "enabled": true,
                 *       "severity": "high",
                 *       "conditions": [
                 *         {
                 *           "field": "operation",
                 *           "operator": "is",
                 *           "value": "Add member to role"
                 *         }
                 *       ],
                 *       "version": 1
                 *     }
                 */
                "application/json": components["schemas"]["RuleChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "ada@contoso.example",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "Role granted",
                     *       "enabled": true,
                     *       "severity": "high",
                     *       "conditions": [
                     *         {
                     *           "field": "operation",
                     *           "operator": "is",
                     *           "value": "Add member to role"
                     *         }
                     *       ],
                     *       "title": "Role granted",
                     *       "level": "high",
                     *       "description": "",
                     *       "author": "",
                     *       "license": "",
                     *       "references": [],
                     *       "tags": [],
                     *       "source": "title: Role granted\n…",
                     *       "report": {
                     *         "state": "can_fire"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Rule"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "ada@contoso.example",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "Role granted",
                     *       "enabled": true,
                     *       "severity": "high",
                     *       "conditions": [
                     *         {
                     *           "field": "operation",
                     *           "operator": "is",
                     *           "value": "Add member to role"
                     *         }
                     *       ],
                     *       "title": "Role granted",
                     *       "level": "high",
                     *       "description": "",
                     *       "author": "",
                     *       "license": "",
                     *       "references": [],
                     *       "tags": [],
                     *       "source": "title: Role granted\n…",
                     *       "report": {
                     *         "state": "can_fire"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "delete-rule": {
        parameters: {
            query: {
                /** @description The version that was looked at. */
                version: number;
            };
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-rule-run": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rule_id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "state": "done",
                     *       "start": "2026-03-02T11:50:00Z",
                     *       "asked_by": "ada@contoso.example",
                     *       "asked_at": "2026-03-02T11:50:00Z",
                     *       "read": 1042,
                     *       "matched": 5,
                     *       "alerts": 2,
                     *       "known": 0
                     *     }
                     */
                    "application/json": components["schemas"]["PastRun"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rule_id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "state": "done",
                     *       "start": "2026-03-02T11:50:00Z",
                     *       "asked_by": "ada@contoso.example",
                     *       "asked_at": "2026-03-02T11:50:00Z",
                     *       "read": 1042,
                     *       "matched": 5,
                     *       "alerts": 2,
                     *       "known": 0
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "run-rule": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "start": "2026-03-02T11:50:00Z"
                 *     }
                 */
                "application/json": components["schemas"]["RunStart"];
            };
        };
        responses: {
            /** @description Accepted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rule_id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "state": "waiting",
                     *       "start": "2026-03-02T11:50:00Z",
                     *       "asked_by": "ada@contoso.example",
                     *       "asked_at": "2026-03-02T11:50:00Z",
                     *       "read": 0,
                     *       "matched": 0,
                     *       "alerts": 0,
                     *       "known": 0
                     *     }
                     */
                    "application/json": components["schemas"]["PastRun"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rule_id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "state": "waiting",
                     *       "start": "2026-03-02T11:50:00Z",
                     *       "asked_by": "ada@contoso.example",
                     *       "asked_at": "2026-03-02T11:50:00Z",
                     *       "read": 0,
                     *       "matched": 0,
                     *       "alerts": 0,
                     *       "known": 0
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "cancel-rule-run": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "load-rules": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "files": [
                 *         {
                 *           "path": "cloud/azure/role.yml",
                 *           "content": "title: Role granted\n…"
                 *         }
                 *       ],
                 *       "pack": "sigmahq",
                 *       "enable": true
                 *     }
                 */
                "application/json": components["schemas"]["RuleFiles"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "loaded": 1,
                     *       "failed": [],
                     *       "can_fire": 1,
                     *       "source_off": 0,
                     *       "unmapped": 0,
                     *       "rules": [
                     *         {
                     *           "path": "cloud/azure/role.yml",
                     *           "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "title": "Role granted",
                     *           "state": "can_fire"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["LoadReport"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "loaded": 1,
                     *       "failed": [],
                     *       "can_fire": 1,
                     *       "source_off": 0,
                     *       "unmapped": 0,
                     *       "rules": [
                     *         {
                     *           "path": "cloud/azure/role.yml",
                     *           "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "title": "Role granted",
                     *           "state": "can_fire"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "try-rule": {
        parameters: {
            query?: {
                /** @description Events before. */
                end?: string;
                /** @description Events at or after. */
                start?: string;
            };
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Role granted",
                 *       "enabled": true,
                 *       "severity": "high",
                 *       "conditions": [
                 *         {
                 *           "field": "operation",
                 *           "operator": "is",
                 *           "value": "Add member to role"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RuleSpec"];
            };
        };
        responses: {
            /** @description Progress, then the result */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example {"read":500,"matched":3} */
                    "application/x-ndjson": string;
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-saved-searches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "version": 1,
                     *           "by": "Ada Lovelace",
                     *           "at": "2026-03-02T11:50:00Z",
                     *           "name": "Role changes",
                     *           "view": "q=operation%3A%22Add+member+to+role%22&range=7d"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SavedSearches"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "version": 1,
                     *           "by": "Ada Lovelace",
                     *           "at": "2026-03-02T11:50:00Z",
                     *           "name": "Role changes",
                     *           "view": "q=operation%3A%22Add+member+to+role%22&range=7d"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "create-saved-search": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Role changes",
                 *       "view": "q=operation%3A%22Add+member+to+role%22&range=7d"
                 *     }
                 */
                "application/json": components["schemas"]["SavedSearchSpec"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "Ada Lovelace",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "Role changes",
                     *       "view": "q=operation%3A%22Add+member+to+role%22&range=7d"
                     *     }
                     */
                    "application/json": components["schemas"]["SavedSearch"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "Ada Lovelace",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "Role changes",
                     *       "view": "q=operation%3A%22Add+member+to+role%22&range=7d"
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "update-saved-search": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Role changes",
                 *       "view": "q=operation%3A%22Add+member+to+role%22&range=7d",
                 *       "version": 1
                 *     }
                 */
                "application/json": components["schemas"]["SavedSearchChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "Ada Lovelace",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "Role changes",
                     *       "view": "q=operation%3A%22Add+member+to+role%22&range=7d"
                     *     }
                     */
                    "application/json": components["schemas"]["SavedSearch"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "Ada Lovelace",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "Role changes",
                     *       "view": "q=operation%3A%22Add+member+to+role%22&range=7d"
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "delete-saved-search": {
        parameters: {
            query: {
                /** @description The version that was looked at. */
                version: number;
            };
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "sessions": [
                     *         {
                     *           "id": "Zk3vXk0aJ0bWq1o9m8oJrQ7w2l5n4c6d8e0f1a2b3c4",
                     *           "name": "ada@contoso.example",
                     *           "address": "203.0.113.7",
                     *           "began_at": "2026-03-02T11:50:00Z",
                     *           "expires_at": "2026-03-02T12:50:00Z",
                     *           "current": true
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SessionsBody"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "sessions": [
                     *         {
                     *           "id": "Zk3vXk0aJ0bWq1o9m8oJrQ7w2l5n4c6d8e0f1a2b3c4",
                     *           "name": "ada@contoso.example",
                     *           "address": "203.0.113.7",
                     *           "began_at": "2026-03-02T11:50:00Z",
                     *           "expires_at": "2026-03-02T12:50:00Z",
                     *           "current": true
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "end-session": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                /** @description id of the session. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-sinks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "version": 1,
                     *           "by": "ada@contoso.example",
                     *           "at": "2026-03-02T11:50:00Z",
                     *           "name": "SOC",
                     *           "kind": "webhook",
                     *           "enabled": true,
                     *           "filter": "result:failure",
                     *           "own_events": false,
                     *           "start": {
                     *             "from": "now"
                     *           },
                     *           "settings": {
                     *             "signing_secret": "SOC_KEY",
                     *             "url": "https://soc.contoso.example/aoc"
                     *           },
                     *           "fixed": false,
                     *           "status": {
                     *             "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *             "name": "SOC",
                     *             "kind": "webhook",
                     *             "state": "running",
                     *             "seq": 1042,
                     *             "lag_events": 0,
                     *             "lag_seconds": 0,
                     *             "sent": 1040,
                     *             "rejected": 0,
                     *             "dead_letters": 0,
                     *             "sent_at": "2026-03-02T11:50:00Z",
                     *             "failures": 0
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SinksBody"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "version": 1,
                     *           "by": "ada@contoso.example",
                     *           "at": "2026-03-02T11:50:00Z",
                     *           "name": "SOC",
                     *           "kind": "webhook",
                     *           "enabled": true,
                     *           "filter": "result:failure",
                     *           "own_events": false,
                     *           "start": {
                     *             "from": "now"
                     *           },
                     *           "settings": {
                     *             "signing_secret": "SOC_KEY",
                     *             "url": "https://soc.contoso.example/aoc"
                     *           },
                     *           "fixed": false,
                     *           "status": {
                     *             "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *             "name": "SOC",
                     *             "kind": "webhook",
                     *             "state": "running",
                     *             "seq": 1042,
                     *             "lag_events": 0,
                     *             "lag_seconds": 0,
                     *             "sent": 1040,
                     *             "rejected": 0,
                     *             "dead_letters": 0,
                     *             "sent_at": "2026-03-02T11:50:00Z",
                     *             "failures": 0
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "create-sink": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "SOC",
                 *       "kind": "webhook",
                 *       "enabled": true,
                 *       "filter": "result:failure",
                 *       "own_events": false,
                 *       "start": {
                 *         "from": "now"
                 *       },
                 *       "settings": {
                 *         "signing_secret": "SOC_KEY",
                 *         "url": "https://soc.contoso.example/aoc"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["SinkSpec"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "ada@contoso.example",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "SOC",
                     *       "kind": "webhook",
                     *       "enabled": true,
                     *       "filter": "result:failure",
                     *       "own_events": false,
                     *       "start": {
                     *         "from": "now"
                     *       },
                     *       "settings": {
                     *         "signing_secret": "SOC_KEY",
                     *         "url": "https://soc.contoso.example/aoc"
                     *       },
                     *       "fixed": false,
                     *       "status": {
                     *         "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *         "name": "SOC",
                     *         "kind": "webhook",
                     *         "state": "running",
                     *         "seq": 1042,
                     *         "lag_events": 0,
                     *         "lag_seconds": 0,
                     *         "sent": 1040,
                     *         "rejected": 0,
                     *         "dead_letters": 0,
                     *         "sent_at": "2026-03-02T11:50:00Z",
                     *         "failures": 0
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Sink"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "ada@contoso.example",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "SOC",
                     *       "kind": "webhook",
                     *       "enabled": true,
                     *       "filter": "result:failure",
                     *       "own_events": false,
                     *       "start": {
                     *         "from": "now"
                     *       },
                     *       "settings": {
                     *         "signing_secret": "SOC_KEY",
                     *         "url": "https://soc.contoso.example/aoc"
                     *       },
                     *       "fixed": false,
                     *       "status": {
                     *         "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *         "name": "SOC",
                     *         "kind": "webhook",
                     *         "state": "running",
                     *         "seq": 1042,
                     *         "lag_events": 0,
                     *         "lag_seconds": 0,
                     *         "sent": 1040,
                     *         "rejected": 0,
                     *         "dead_letters": 0,
                     *         "sent_at": "2026-03-02T11:50:00Z",
                     *         "failures": 0
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "update-sink": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "SOC",
                 *       "kind": "webhook",
                 *       "enabled": true,
                 *       "filter": "result:failure",
                 *       "own_events": false,
                 *       "start": {
                 *         "from": "now"
                 *       },
                 *       "settings": {
                 *         "signing_secret": "SOC_KEY",
                 *         "url": "https://soc.contoso.example/aoc"
                 *       },
                 *       "version": 1
                 *     }
                 */
                "application/json": components["schemas"]["SinkChange"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "ada@contoso.example",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "SOC",
                     *       "kind": "webhook",
                     *       "enabled": true,
                     *       "filter": "result:failure",
                     *       "own_events": false,
                     *       "start": {
                     *         "from": "now"
                     *       },
                     *       "settings": {
                     *         "signing_secret": "SOC_KEY",
                     *         "url": "https://soc.contoso.example/aoc"
                     *       },
                     *       "fixed": false,
                     *       "status": {
                     *         "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *         "name": "SOC",
                     *         "kind": "webhook",
                     *         "state": "running",
                     *         "seq": 1042,
                     *         "lag_events": 0,
                     *         "lag_seconds": 0,
                     *         "sent": 1040,
                     *         "rejected": 0,
                     *         "dead_letters": 0,
                     *         "sent_at": "2026-03-02T11:50:00Z",
                     *         "failures": 0
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Sink"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *       "version": 1,
                     *       "by": "ada@contoso.example",
                     *       "at": "2026-03-02T11:50:00Z",
                     *       "name": "SOC",
                     *       "kind": "webhook",
                     *       "enabled": true,
                     *       "filter": "result:failure",
                     *       "own_events": false,
                     *       "start": {
                     *         "from": "now"
                     *       },
                     *       "settings": {
                     *         "signing_secret": "SOC_KEY",
                     *         "url": "https://soc.contoso.example/aoc"
                     *       },
                     *       "fixed": false,
                     *       "status": {
                     *         "id": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *         "name": "SOC",
                     *         "kind": "webhook",
                     *         "state": "running",
                     *         "seq": 1042,
                     *         "lag_events": 0,
                     *         "lag_seconds": 0,
                     *         "sent": 1040,
                     *         "rejected": 0,
                     *         "dead_letters": 0,
                     *         "sent_at": "2026-03-02T11:50:00Z",
                     *         "failures": 0
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "delete-sink": {
        parameters: {
            query: {
                /** @description The version that was looked at. */
                version: number;
            };
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "retry-sink": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-dead-letters": {
        parameters: {
            query?: {
                /** @description next_cursor of the page before. */
                cursor?: string;
                /** @description Of this sink only. */
                sink?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *           "sink": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *           "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *           "summary": "Ada Lovelace added Bob to Helpdesk",
                     *           "event_at": "2026-03-02T11:50:00Z",
                     *           "reason": "422: unknown field",
                     *           "first_at": "2026-03-02T11:50:00Z",
                     *           "at": "2026-03-02T11:50:00Z",
                     *           "times": 1,
                     *           "state": "kept"
                     *         }
                     *       ],
                     *       "sinks": {
                     *         "k5qw4zdfnzsxi2dbnr2c4y3p": 1
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["DeadLetterPage"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *           "sink": "k5qw4zdfnzsxi2dbnr2c4y3p",
                     *           "tenant_id": "11111111-2222-3333-4444-555555555555",
                     *           "key": "mfzwk3tfmrzw64tjojuw4zzaef",
                     *           "summary": "Ada Lovelace added Bob to Helpdesk",
                     *           "event_at": "2026-03-02T11:50:00Z",
                     *           "reason": "422: unknown field",
                     *           "first_at": "2026-03-02T11:50:00Z",
                     *           "at": "2026-03-02T11:50:00Z",
                     *           "times": 1,
                     *           "state": "kept"
                     *         }
                     *       ],
                     *       "sinks": {
                     *         "k5qw4zdfnzsxi2dbnr2c4y3p": 1
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "drop-dead-letters": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "ids": [
                 *         "mfzwk3tfmrzw64tjojuw4zzaef"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["LetterSelection"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "count": 1
                     *     }
                     */
                    "application/json": components["schemas"]["LettersChanged"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "count": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "resend-dead-letters": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "sink": "k5qw4zdfnzsxi2dbnr2c4y3p"
                 *     }
                 */
                "application/json": components["schemas"]["LetterSelection"];
            };
        };
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "count": 1
                     *     }
                     */
                    "application/json": components["schemas"]["LettersChanged"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "count": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-sink-kinds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kinds": [
                     *         {
                     *           "kind": "webhook",
                     *           "title": "Webhook",
                     *           "help": "Posts events as JSON.",
                     *           "settings": [
                     *             {
                     *               "name": "url",
                     *               "title": "Address",
                     *               "kind": "address",
                     *               "required": true,
                     *               "help": "Where events are posted to."
                     *             }
                     *           ],
                     *           "batch": {
                     *             "events": 500,
                     *             "bytes": 1048576
                     *           }
                     *         }
                     *       ],
                     *       "secrets": [
                     *         "SOC_KEY"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SinkKinds"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kinds": [
                     *         {
                     *           "kind": "webhook",
                     *           "title": "Webhook",
                     *           "help": "Posts events as JSON.",
                     *           "settings": [
                     *             {
                     *               "name": "url",
                     *               "title": "Address",
                     *               "kind": "address",
                     *               "required": true,
                     *               "help": "Where events are posted to."
                     *             }
                     *           ],
                     *           "batch": {
                     *             "events": 500,
                     *             "bytes": 1048576
                     *           }
                     *         }
                     *       ],
                     *       "secrets": [
                     *         "SOC_KEY"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "test-sink": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "SOC",
                 *       "kind": "webhook",
                 *       "enabled": true,
                 *       "filter": "result:failure",
                 *       "own_events": false,
                 *       "start": {
                 *         "from": "now"
                 *       },
                 *       "settings": {
                 *         "signing_secret": "SOC_KEY",
                 *         "url": "https://soc.contoso.example/aoc"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["SinkSpec"];
            };
        };
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-source-health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthOfSources"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "list-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "tokens": [
                     *         {
                     *           "id": "4QRK2M7NZ5TJ3WYB",
                     *           "name": "nightly export",
                     *           "role": "reader",
                     *           "tenants": [],
                     *           "by": "ada@contoso.example",
                     *           "created_at": "2026-03-02T11:50:00Z",
                     *           "expires_at": "2026-05-31T11:50:00Z",
                     *           "last_used_at": "2026-03-02T11:50:00Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["TokensBody"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "tokens": [
                     *         {
                     *           "id": "4QRK2M7NZ5TJ3WYB",
                     *           "name": "nightly export",
                     *           "role": "reader",
                     *           "tenants": [],
                     *           "by": "ada@contoso.example",
                     *           "created_at": "2026-03-02T11:50:00Z",
                     *           "expires_at": "2026-05-31T11:50:00Z",
                     *           "last_used_at": "2026-03-02T11:50:00Z"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "make-token": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "nightly export",
                 *       "role": "reader",
                 *       "days": 90
                 *     }
                 */
                "application/json": components["schemas"]["TokenSpec"];
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "4QRK2M7NZ5TJ3WYB",
                     *       "name": "nightly export",
                     *       "role": "reader",
                     *       "tenants": [],
                     *       "by": "ada@contoso.example",
                     *       "created_at": "2026-03-02T11:50:00Z",
                     *       "expires_at": "2026-05-31T11:50:00Z",
                     *       "last_used_at": "2026-03-02T11:50:00Z",
                     *       "secret": "aoc_4QRK2M7NZ5TJ3WYB_…"
                     *     }
                     */
                    "application/json": components["schemas"]["MadeToken"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "4QRK2M7NZ5TJ3WYB",
                     *       "name": "nightly export",
                     *       "role": "reader",
                     *       "tenants": [],
                     *       "by": "ada@contoso.example",
                     *       "created_at": "2026-03-02T11:50:00Z",
                     *       "expires_at": "2026-05-31T11:50:00Z",
                     *       "last_used_at": "2026-03-02T11:50:00Z",
                     *       "secret": "aoc_4QRK2M7NZ5TJ3WYB_…"
                     *     }
                     */
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "revoke-token": {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The name, percent-encoded UTF-8 of at most 100 characters, that what is done is recorded under; without it, anonymous.
                 * @example Ada%20Lovelace
                 */
                "X-AOC-Name"?: string;
            };
            path: {
                /** @description id of the token. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description No Content */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Build"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "receive-notifications": {
        parameters: {
            query?: {
                /** @description Echoed as plain text, as Graph asks for. */
                validationToken?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The token */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Taken */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Liveness"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "get-ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OK */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Error */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
