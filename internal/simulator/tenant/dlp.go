package tenant

import "time"

// dlpMail is RecordType 13. Now and then the match is undone: same Id, other operation.
func dlpMail(s *scribe) {
	u := s.person()
	id, incident, message := newGUID(s.rng), newGUID(s.rng), s.messageID()
	operations := []string{"DlpRuleMatch"}
	if s.chance(0.2) {
		operations = append(operations, "DlpRuleUndo")
	}
	for _, operation := range operations {
		s.unifiedWithID(id, header{
			stream: streamDLP, operation: operation, recordType: 13, userKey: "DlpAgent", userType: 4, workload: "Exchange",
			objectID: message, userID: "DlpAgent",
		})
		s.obj("ExchangeMetaData")
		s.raw("BCC", "[]")
		s.arr("CC")
		s.elem(s.anyone().Mail)
		s.endArr()
		s.num("FileSize", 13405)
		s.str("From", u.UPN)
		s.str("MessageID", message)
		s.num("RecipientCount", 2)
		s.clock("Sent", s.at, 0, "")
		s.str("Subject", pick(s, subjects))
		s.arr("To")
		s.elem("partner@", pick(s, partnerDomains))
		s.endArr()
		s.str("UniqueID", incident)
		s.end()
		s.policyDetails(incident, "Message Body")
		s.later(3 * time.Second)
	}
}

// dlpFile is RecordType 11, which spells its operation in another case.
func dlpFile(s *scribe) {
	u := s.person()
	p, f := s.place(u), pick(s, fileNames)
	s.unified(header{
		stream: streamDLP, operation: "DLPRuleMatch", recordType: 11, userKey: "DlpAgent", userType: 4, workload: p.workload,
		objectID: p.url + "/" + p.folder + "/" + f.name + "." + f.ext, userID: "DlpPolicyEventBasedAssistant",
	})
	s.obj("SharePointMetaData")
	s.str("From", u.UPN)
	s.clock("itemCreationTime", s.at.Add(-time.Hour), 0, "")
	s.str("SiteCollectionGuid", p.siteID)
	s.str("SiteCollectionUrl", p.url)
	s.str("FileName", f.name, ".", f.ext)
	s.str("FileOwner", u.DisplayName)
	s.str("FilePathUrl", p.url, "/", p.folder, "/", f.name, ".", f.ext)
	s.guid("UniqueID", s.rng)
	s.end()
	s.policyDetails(newGUID(s.rng), "Document Content")
}

func (s *scribe) policyDetails(incident, location string) {
	s.str("IncidentId", incident)
	s.arr("PolicyDetails")
	s.item()
	s.str("PolicyId", s.t.Groups[2].ID)
	s.str("PolicyName", "EU financial data")
	s.arr("Rules")
	s.item()
	s.raw("ActionParameters", "[]")
	s.raw("Actions", `["BlockAccess","NotifyUser","GenerateIncidentReport"]`)
	s.obj("ConditionsMatched")
	s.raw("OtherConditions", `[{"Name":"AccessScope","Value":"IncludeExternalUsers"}]`)
	s.arr("SensitiveInformation")
	for _, kind := range []string{"419f449f-6d9d-4be1-a154-b531f7a91b41", "b8fe86d1-c056-453b-bfaa-9fe698699ecc"} {
		s.item()
		s.num("Confidence", 75)
		s.num("Count", 1+s.rng.IntN(9))
		s.str("Location", location)
		s.str("SensitiveType", kind)
		s.num("UniqueCount", 1)
		s.end()
	}
	s.endArr()
	s.end()
	s.str("RuleId", s.t.Groups[3].ID)
	s.str("RuleMode", "Enable")
	s.str("RuleName", "High volume of content detected")
	s.str("Severity", "High")
	s.end()
	s.endArr()
	s.end()
	s.endArr()
	s.flag("SensitiveInfoDetectionIsIncluded", false)
	s.finish()
}
