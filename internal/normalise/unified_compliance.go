package normalise

import (
	"strings"

	"aoc"
)

// mailLabel reads a sensitivity label on a mail (record type 43).
func (d *draft) mailLabel() {
	r := d.root
	item := r.of("ItemName", "Subject")
	d.target(aoc.Target{ID: r.get("ObjectId").str(), Name: item, Type: "Message"})
	label := d.target(aoc.Target{ID: r.get("LabelId").str(), Name: r.get("LabelName").str(), Type: "Label"})
	var to []string
	for _, who := range r.get("Receivers").list() {
		to = append(to, d.targetAccount(who, "", "User"))
	}
	if d.ActorDisplay == "" {
		if a := readAccount(r.get("Sender").str(), d.Workload); a.display != "" {
			d.actPerson(a.id, "", first(a.upn, a.display))
		}
	}
	if v := value(r.get("LabelName")); v != nil {
		d.change(item, "Label", nil, v)
	}
	d.say("send", named("mail", "a mail", item), with("labelled", label), with("to", and(to)))
}

// encryptedMail reads what a recipient did in the portal for encrypted mail.
func (d *draft) encryptedMail() {
	r := d.root
	subject := r.get("OperationProperties").named("MailSubject").str()
	d.target(aoc.Target{ID: r.get("MessageId").str(), Name: subject, Type: "Message"})
	if who := r.get("Recipient").str(); who != "" {
		d.targetAccount(who, "", "User")
	}
	reader := first(d.address(r.get("Recipient").str()), "Someone")
	sender := first(d.address(r.get("Sender").str()), d.ActorDisplay)
	what := join(named("encrypted mail", "an encrypted mail", subject), with("from", sender))
	if name := r.get("AttachmentName").str(); name != "" {
		d.target(aoc.Target{Name: name, Type: "File"})
		what = join("attachment", clean(name, 120), "of", what)
	}
	if d.Result == aoc.ResultFailure {
		d.tell(reader, "tried to open", what)
		return
	}
	d.tell(reader, "opened", what)
}

// labelledFile reads what the information protection client saw or did with a file (record
// types 93 to 97).
func (d *draft) labelledFile() {
	r := d.root
	common, label := r.get("Common"), r.get("SensitivityLabelEventData")
	path := r.get("ObjectId").str()
	name := after(after(path, '\\'), '/')
	if path != "" {
		d.target(aoc.Target{ID: path, Name: name, Type: "File"})
	}
	device := common.get("DeviceName").str()
	if device != "" {
		d.target(aoc.Target{Name: device, Type: "Device"})
	}
	d.usedApp(common.get("ApplicationId").str(), common.get("ApplicationName").str())
	oldLabel, newLabel := d.label(label.get("OldSensitivityLabelId")), d.label(label.get("SensitivityLabelId"))
	if oldLabel != "" || newLabel != "" {
		d.change(name, "SensitivityLabel", pointer(oldLabel), pointer(newLabel))
	}
	name = clean(first(name, "a file"), 160)
	on := with("on", clean(device, 80))
	switch d.Operation {
	case "Access":
		d.say("open", "protected file", name, on)
	case "Discover":
		d.say("find", "file", name, on)
	case "HeartBeat":
		d.tell(first(common.get("ApplicationName").str(), "The information protection client"), "reported in", on, with("for", d.ActorDisplay))
	case "SensitivityLabelApplied", "FileSensitivityLabelApplied":
		d.say("label", name, with("as", newLabel), on)
	case "SensitivityLabelUpdated", "FileSensitivityLabelChanged":
		d.say("change", "the label of", name, with("from", oldLabel), with("to", newLabel), on)
	case "SensitivityLabelRemoved", "FileSensitivityLabelRemoved":
		d.say("remove", "the label", oldLabel, "from", name, on)
	default:
		d.perform(d.Operation, name)
	}
}

// label gives the name of a sensitivity label if known, else its id.
func (d *draft) label(id *node) string {
	s := id.str()
	return first(d.nameOf(s), s)
}

// pointer gives nil for an empty string.
func pointer(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// discovery reads eDiscovery activity (record types 24 and 31).
func (d *draft) discovery() {
	r := d.root
	object := d.target(aoc.Target{
		ID: r.get("Object1Id").str(), Name: first(r.of("Object1Name", "ExportName", "SearchName"), r.get("ObjectId").str()),
		Type: r.get("Object1Type").str(),
	})
	caseName := ""
	if id, name := r.get("CaseId").str(), r.get("CaseName").str(); id != "" || name != "" {
		caseName = d.target(aoc.Target{ID: id, Name: name, Type: "Case"})
	}
	if v := value(r.get("QueryText")); v != nil && *v != "" {
		d.change(object, "QueryText", nil, v)
	}
	if strings.EqualFold(object, caseName) {
		object = ""
	}
	in := ""
	if caseName != "" {
		in = "in case " + quoted(caseName)
	}
	d.perform(d.Operation, join(object, in))
}

// dataInsights reads a query that the security and compliance portal made for someone.
func (d *draft) dataInsights() {
	r := d.root
	data := r.get("DataType").str()
	d.target(aoc.Target{ID: before(r.get("RelativeUrl").str(), "?"), Name: data, Type: "Data"})
	verb := "query"
	if strings.HasPrefix(d.Operation, "Search") {
		verb = "search"
	}
	d.say(verb, first(words(data), "data"), "in the security and compliance portal")
}
