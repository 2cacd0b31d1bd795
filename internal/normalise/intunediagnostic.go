package normalise

import (
	"strconv"
	"strings"

	"aoc"
)

// intuneDiagnostic reads an Intune audit event in the envelope of Azure Monitor diagnostic
// settings. The event is the same as the one Microsoft Graph gives, with the same id, in
// other words and with numbers in place of names.
func (d *draft) intuneDiagnostic() {
	r, p := d.root, d.root.get("properties")
	d.tenant(first(r.get("tenantId").str(), p.get("AADTenantId").str()))
	d.ID = p.get("AuditEventId").str()
	d.when(r.get("time").str(), p.get("ActivityDate").str(), p.get("EnrollmentTimeUTC").str())
	d.RecordType, d.Workload = "intuneAudit", "Intune"
	d.Service = first(intuneCategory(p.get("Category")), p.get("OperationalLogCategory").str(), r.get("category").str(), "Intune")
	d.operation(r.get("operationName").str())
	d.CorrelationID = r.get("correlationId").str()

	actor := p.get("Actor")
	typ := ""
	if n, ok := actor.get("ActorType").integer(); ok && n != 1 { // 1 is a person
		typ = "Application"
	}
	upn := actor.get("UPN").str()
	if identity := r.get("identity").str(); upn == "" && strings.IndexByte(identity, '@') > 0 {
		upn = identity
	}
	d.intuneActor(intuneActor{
		typ: typ, id: actor.get("ObjectId").str(), upn: upn,
		appID: actor.get("Application").str(), app: first(actor.get("ApplicationName").str(), actor.get("Name").str()),
	})
	d.ClientIP = cleanIP(r.get("callerIpAddress").str())
	d.diagnosticTargets(p)

	word := r.get("resultType").str()
	d.Result, d.pending = outcome(word), isPending(word)
	if status, ok := p.get("ActivityResultStatus").integer(); ok && status == 1 && d.Result == aoc.ResultUnknown {
		d.Result = aoc.ResultSuccess
	}
	if reason := r.get("resultDescription").str(); !strings.EqualFold(reason, "none") {
		d.ResultReason = reason
	}
	d.intuneSentence()
}

// diagnosticTargets adds the targets, whose names and ids stand in arrays beside each other.
func (d *draft) diagnosticTargets(p *node) {
	name, id, t := p.get("TargetDisplayNames").items(), p.get("TargetObjectIds").items(), p.get("Targets").items()
	noun := after(d.Operation, ' ')
	for name != nil || id != nil || t != nil {
		display := d.target(aoc.Target{ID: id.str(), Name: first(t.get("Name").str(), name.str()), Type: noun})
		d.modified(display, t.get("ModifiedProperties"))
		name, id, t = name.following(), id.following(), t.following()
	}
	if device := p.get("DeviceName").str(); device != "" || len(d.Targets) == 0 {
		d.target(aoc.Target{ID: p.get("IntuneDeviceId").str(), Name: device, Type: "Device"})
	}
}

// intuneCategory names the category that the diagnostic shape gives as a number.
func intuneCategory(n *node) string {
	i, ok := n.integer()
	if !ok {
		return n.str()
	}
	switch i {
	case 1:
		return "Enrollment"
	case 2:
		return "Compliance"
	case 3:
		return "DeviceConfiguration"
	case 4:
		return "Device"
	case 5:
		return "Application"
	}
	return "Category " + strconv.FormatInt(i, 10)
}
