package normalise

import (
	"strings"

	"aoc"
)

// own reads a record of AOC's own audit trail, whose shape package trail writes.
func (d *draft) own() {
	r := d.root
	d.ID = r.get("id").str()
	d.tenant(r.get("tenant_id").str())
	d.when(r.get("time").str())
	d.RecordType, d.Service, d.Workload = "Audit", "AOC", "AOC"
	d.operation(r.get("operation").str())
	d.ClientIP = clientIP(r.get("client_ip").str())
	who := r.get("who")
	d.ownActor(who)
	switch r.get("result").str() {
	case "success":
		d.Result = aoc.ResultSuccess
	case "failure":
		d.Result = aoc.ResultFailure
	}
	d.ResultReason = r.get("reason").str()
	t := r.get("target")
	on := d.target(aoc.Target{ID: t.get("id").str(), Name: t.get("name").str(), Type: t.get("type").str()})
	verb, rest, _ := strings.Cut(d.Operation, " ")
	about := on
	if query := r.get("query").str(); query != "" {
		about = join(with("for", "'"+clean(query, maxDisplay)+"'"), with("in", on))
	}
	d.say(strings.ToLower(verb), rest, about)
}

// ownActor sets who did it: a person, a program with a token, or whoever is at the machine.
func (d *draft) ownActor(who *node) {
	name, subject := who.get("name").str(), who.get("subject").str()
	switch who.get("via").str() {
	case "token":
		d.actApp(subject, "", name)
	case "local":
		d.actPerson("", first(name, "somebody at the machine"), "")
	case "":
		d.actPerson(subject, first(name, "Somebody unknown"), "")
	default:
		if strings.Contains(name, "@") {
			d.actPerson(subject, "", name)
		} else {
			d.actPerson(subject, name, "")
		}
	}
}
