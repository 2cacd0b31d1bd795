package normalise

import (
	"strings"

	"aoc"
)

// isDLP reports records of data loss prevention rules. One incident sends several of them,
// a match and its undoing, under one id; so their operation is part of what makes them
// unique.
func isDLP(recordType, operation string) bool {
	switch recordType {
	case "ComplianceDLPSharePoint", "ComplianceDLPExchange", "ComplianceDLPSharePointClassification",
		"DLPEndpoint", "ComplianceDLPExchangeClassification":
		return true
	}
	return hasPrefixFold(operation, "Dlp")
}

// dlp reads a match of a data loss prevention rule. UserId is the agent that judged; who
// sent the mail or owns the file is told elsewhere.
func (d *draft) dlp() {
	r := d.root
	// The letter case of the operation differs between products and is not part of what
	// makes the event unique.
	d.dedupe = []string{strings.ToLower(d.Operation)}
	mail, file, device := r.get("ExchangeMetaData"), r.get("SharePointMetaData"), r.get("EndpointMetaData")
	human := first(mail.get("From").str(), file.of("From", "DocumentLastModifier", "FileOwner"), r.get("UserSharedWith").str())
	if human != "" {
		a := readAccount(human, d.Workload)
		d.actPerson(a.id, "", first(a.upn, a.display))
	}
	what := d.dlpObject(mail, file, device)
	policies, rules := d.dlpPolicies()
	if why := r.path("ExceptionInfo", "Reason").str(); why != "" {
		d.ResultReason = first(r.path("ExceptionInfo", "Justification").str(), why)
	}
	policy := "A DLP policy"
	switch {
	case len(policies) > 0:
		policy = "DLP policy " + and(policies)
	case len(rules) > 0:
		policy = "DLP rule " + and(rules)
	}
	from := ""
	if human != "" {
		from = "of " + d.ActorDisplay
		if mail != nil {
			from = "from " + d.ActorDisplay
		}
	}
	to := with("to", and(d.recipients(mail)))
	switch strings.ToLower(d.Operation) {
	case "dlpruleundo":
		d.tell(policy, "no longer holds for", what, from, to)
	case "dlpinfo":
		d.tell(policy, "may be wrong about", what, from, to)
	default:
		d.tell(policy, "matched", what, from, to)
	}
}

// dlpObject adds the mail, file or device item that was judged and gives how to speak of it.
func (d *draft) dlpObject(mail, file, device *node) string {
	r := d.root
	switch {
	case mail != nil:
		subject := mail.get("Subject").str()
		d.target(aoc.Target{ID: first(mail.get("MessageID").str(), r.get("ObjectId").str()), Name: subject, Type: "Message"})
		return named("mail", "a mail", subject)
	case file != nil:
		url := first(file.get("FilePathUrl").str(), r.get("ObjectId").str())
		name := first(file.get("FileName").str(), fileOfURL(url))
		return join("file", d.target(aoc.Target{ID: url, Name: name, Type: "File"}))
	}
	id := r.get("ObjectId").str()
	name := after(after(id, '\\'), '/')
	display := d.target(aoc.Target{ID: id, Name: name, Type: "File"})
	machine := first(device.get("DeviceName").str(), r.get("DeviceName").str())
	if machine != "" {
		d.target(aoc.Target{Name: machine, Type: "Device"})
		machine = "on " + clean(machine, 80)
	}
	return join("file", first(display, "unnamed"), machine)
}

// recipients adds who a mail was sent to as targets.
func (d *draft) recipients(mail *node) []string {
	var names []string
	for _, field := range [...]string{"To", "CC", "BCC"} {
		for _, to := range mail.get(field).list() {
			names = append(names, d.targetAccount(to, "", "User"))
		}
	}
	return names
}

// dlpPolicies gives the quoted names of the policies and rules that matched, and notes them.
func (d *draft) dlpPolicies() (policies, rules []string) {
	for p := d.root.get("PolicyDetails").items(); p != nil; p = p.next {
		name := p.get("PolicyName").str()
		if name != "" {
			policies = append(policies, quoted(clean(name, 120)))
		}
		for rule := p.get("Rules").items(); rule != nil; rule = rule.next {
			ruleName := clean(rule.get("RuleName").str(), 120)
			if ruleName != "" {
				rules = append(rules, quoted(ruleName))
			}
			target := first(ruleName, name)
			for _, fact := range [...]string{"Severity", "Actions"} {
				if v := value(rule.get(fact)); v != nil && *v != "" {
					d.change(target, fact, nil, v)
				}
			}
		}
	}
	return policies, rules
}
