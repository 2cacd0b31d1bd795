package normalise

import (
	"strings"

	"aoc"
)

// alert reads an alert of Microsoft Defender or Purview. UserId is the alerting service;
// whom the alert is about stands in Data, and is a target: an alert is nobody's doing.
func (d *draft) alert() {
	r := d.root
	name := r.get("Name").str()
	d.target(aoc.Target{ID: r.get("AlertId").str(), Name: r.get("Name").str(), Type: "Alert"})
	data := r.get("Data").parsed()
	about := ""
	switch who := first(data.get("f3u").str(), data.get("trc").str()); {
	case who != "":
		about = d.targetAccount(before(who, ";"), "", "User")
	case strings.EqualFold(r.get("EntityType").str(), "User") || strings.IndexByte(r.get("AlertEntityId").str(), '@') > 0:
		about = d.targetAccount(r.get("AlertEntityId").str(), "", "User")
	}
	if d.ClientIP == "" {
		d.ClientIP = clientIP(data.get("ecip").str(), data.get("cip").str())
	}
	for _, fact := range [...]string{"Severity", "Category", "Status"} {
		if v := value(r.get(fact)); v != nil {
			d.change(name, fact, nil, v)
		}
	}
	severity := strings.ToLower(r.get("Severity").str())
	if severity != "" {
		severity = "(" + clean(severity, 40) + ")"
	}
	alert := join(named("Alert", "An alert", name), severity)
	concerning := with("for", about)
	switch d.Operation {
	case "AlertTriggered":
		d.tell(alert, "was raised", concerning)
	case "AlertEntityGenerated":
		d.tell(alert, "found", first(with("an entity of type", words(r.get("EntityType").str())), "an entity"), concerning)
	case "AlertUpdated":
		d.tell(alert, "was updated", with("to status", strings.ToLower(r.get("Status").str())), concerning)
	default:
		d.tell(alert, words(d.Operation), concerning)
	}
}

// named begins a sentence with a thing and its name, or with the thing alone.
func named(thing, unnamed, name string) string {
	if name == "" {
		return unnamed
	}
	return thing + " " + quoted(clean(name, 160))
}

// investigation reads an automated investigation of Defender for Office 365.
func (d *draft) investigation() {
	r := d.root
	name := r.get("InvestigationName").str()
	d.target(aoc.Target{ID: first(r.get("InvestigationId").str(), r.get("ObjectId").str()), Name: name, Type: "Investigation"})
	status := r.get("Status").str()
	if v := value(r.get("Status")); v != nil {
		d.change(d.mainTarget(), "Status", nil, v)
	}
	if d.Actor.UPN == "" {
		d.ActorKind = aoc.ActorSystem
	}
	switch {
	case status != "":
		d.tell(named("Investigation", "An investigation", name), "is", words(status))
	default:
		d.perform(d.Operation, d.mainTarget())
	}
}

// threatMail reads a mail in which Defender for Office 365 found a threat.
func (d *draft) threatMail() {
	r := d.root
	subject := r.get("Subject").str()
	mail := d.target(aoc.Target{ID: r.of("InternetMessageId", "NetworkMessageId"), Name: subject, Type: "Message"})
	from := r.of("P2Sender", "P1Sender")
	var to []string
	for _, who := range r.get("Recipients").list() {
		to = append(to, d.targetAccount(who, "", "User"))
	}
	for _, fact := range [...]string{"Verdict", "PolicyAction", "DetectionMethod"} {
		if v := value(r.get(fact)); v != nil {
			d.change(mail, fact, nil, v)
		}
	}
	verdict := first(words(r.get("Verdict").str()), "a threat")
	d.tell(named("Mail", "A mail", subject), with("from", clean(from, 120)), with("to", and(to)), "was found to be", verdict,
		did(r.get("PolicyAction").str()))
}

// did says what a policy did about it: "and met with quarantine".
func did(action string) string {
	if action == "" || strings.EqualFold(action, "NoAction") {
		return ""
	}
	return "(action: " + words(clean(action, 60)) + ")"
}

// urlClick reads a click on a link that Safe Links watched.
func (d *draft) urlClick() {
	r := d.root
	link := r.of("Url", "URL")
	d.target(aoc.Target{ID: link, Type: "URL"})
	outcome := map[string]string{"2": "and was blocked", "3": "while it was being checked", "4": "and went past the block", "5": "and went past the check"}[r.get("URLClickAction").str()]
	d.say("click", "the link", clean(link, 160), with("in", r.get("AppName").str()), outcome)
}

// threatFile reads a file in which Defender found malware.
func (d *draft) threatFile() {
	f := d.root.get("FileData")
	name := f.get("FileName").str()
	d.target(aoc.Target{ID: f.of("FilePath", "DocumentId"), Name: name, Type: "File"})
	if who := d.root.get("LastModifiedBy").str(); who != "" {
		d.targetAccount(who, "", "User")
	}
	family := f.get("MalwareFamily").str()
	if v := value(f.get("MalwareFamily")); v != nil {
		d.change(name, "MalwareFamily", nil, v)
	}
	d.tell("Malware", with("of family", clean(family, 80)), "was found in file", first(clean(name, 160), "without a name"))
}

// quarantine reads what was done to a quarantined message.
func (d *draft) quarantine() {
	r := d.root
	id := r.get("NetworkMessageId").str()
	d.target(aoc.Target{ID: first(id, r.get("ObjectId").str()), Name: r.get("Subject").str(), Type: "Message"})
	to := ""
	if who := r.get("ReleaseTo").str(); who != "" {
		to = d.targetAccount(who, "", "User")
	}
	verb := map[string]string{"0": "preview", "1": "delete", "2": "release", "3": "export", "4": "view the header of", "5": "ask to release"}[r.get("RequestType").str()]
	if verb == "" {
		d.perform(first(strings.TrimPrefix(d.Operation, "Quarantine"), d.Operation), d.mainTarget())
		return
	}
	d.say(verb, "quarantined message", d.mainTarget(), with("to", to))
}

// riskDetection reads a risk that Entra ID Protection detected.
func (d *draft) riskDetection() {
	r := d.root
	who := r.get("UserDisplayName").str()
	d.target(aoc.Target{ID: d.Actor.ID, Name: who, Type: "User", UPN: d.Actor.UPN})
	for _, fact := range [...]string{"RiskLevel", "RiskState", "RiskDetail", "RiskEventType"} {
		if v := value(r.get(fact)); v != nil {
			d.change(d.mainTarget(), fact, nil, v)
		}
	}
	level := strings.ToLower(r.get("RiskLevel").str())
	d.tell("Risk", quoted(words(first(r.get("RiskEventType").str(), d.Operation))), with("of level", clean(level, 40)),
		"was detected for", first(d.mainTarget(), "an account"))
}
