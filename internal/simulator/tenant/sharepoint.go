package tenant

import (
	"strconv"
	"time"
)

// place is a library that files live in: a site's, or a person's OneDrive.
type place struct{ workload, url, siteID, webID, listID, folder string }

func (s *scribe) place(u *User) place {
	if s.chance(0.55) {
		return place{"OneDrive", u.OneDrive, u.OneDriveSite, u.MailboxID, u.ID, "Documents"}
	}
	site := &s.t.Sites[few(s, indexes(s.t.Sites))]
	return place{"SharePoint", site.URL, site.ID, site.WebID, site.ListID, "Shared Documents"}
}

// indexes gives a slice as long as the list, so that few can pick by position.
func indexes[T any](list []T) []int {
	all := make([]int, len(list))
	for i := range all {
		all[i] = i
	}
	return all
}

var fileNames = []struct{ name, ext string }{
	{"Budget 2026", "xlsx"}, {"Contract", "docx"}, {"Falcon plan", "pptx"}, {"minutes", "docx"}, {"Accounts Overview", "xlsx"},
	{"Übersicht Löhne", "xlsx"}, {"scan_0231", "pdf"}, {"logo_final_FINAL", "png"}, {"notes", "one"}, {"export", "csv"}, {"100% ready (v2)", "docx"},
	{"契約書", "pdf"}, {"backup", "zip"}, {"Q&A 'draft'", "docx"},
}

var fileOperations = []string{
	"FileAccessed", "FileAccessed", "FileAccessed", "FileAccessed", "FileAccessed", "FileModified", "FileModified", "FilePreviewed",
	"FileUploaded", "FileUploaded", "FileDownloaded", "FileDownloaded", "FileSyncDownloadedFull", "FileSyncUploadedFull",
	"FolderModified", "FileRenamed", "FileMoved", "FileRecycled", "FileDeleted", "FileModifiedExtended", "FileCheckedOut",
}

// userKey is how SharePoint knows a person.
func userKey(u *User) string { return "i:0h.f|membership|" + u.PUID + "@live.com" }

func (s *scribe) sharePoint(u *User, p place, recordType int, operation, objectID string) {
	s.unified(header{
		stream: streamSharePoint, operation: operation, recordType: recordType, userKey: userKey(u), workload: p.workload,
		userID: u.UPN, clientIP: s.address(u), objectID: objectID,
	})
	s.guid("CorrelationId", s.rng)
	s.str("EventSource", "SharePoint")
}

func fileTouched(s *scribe) {
	u := s.person()
	s.file(u, pick(s, fileOperations))
}

func (s *scribe) file(u *User, operation string) {
	p, f := s.place(u), pick(s, fileNames)
	file := f.name + "." + f.ext
	s.sharePoint(u, p, 6, operation, p.url+"/"+p.folder+"/"+file)
	s.str("ItemType", "File")
	s.str("ListId", p.listID)
	s.guid("ListItemUniqueId", s.rng)
	s.str("Site", p.siteID)
	s.str("UserAgent", u.Agent)
	s.str("WebId", p.webID)
	s.flag("HighPriorityMediaProcessing", false)
	s.flag("IsManagedDevice", s.chance(0.6))
	if s.chance(0.5) {
		s.num("FileSizeBytes", s.rng.IntN(8_000_000))
	}
	s.str("SourceFileExtension", f.ext)
	s.str("SiteUrl", p.url, "/")
	s.str("SourceFileName", file)
	s.str("SourceRelativeUrl", p.folder)
	switch operation {
	case "FileRenamed", "FileMoved":
		s.str("DestinationFileName", "old "+file)
		s.str("DestinationFileExtension", f.ext)
		s.str("DestinationRelativeUrl", p.folder+"/Archive")
	}
	s.obj("AppAccessContext")
	s.guid("AADSessionId", s.rng)
	s.str("UniqueTokenId", newHex(s.rng, 11))
	s.end()
	s.finish()
}

func pageViewed(s *scribe) {
	u := s.person()
	p := s.place(u)
	s.sharePoint(u, p, 4, "PageViewed", p.url+"/SitePages/Home.aspx")
	s.flag("CustomUniqueId", true)
	s.str("ItemType", "Page")
	s.guid("ListItemUniqueId", s.rng)
	s.str("Site", p.siteID)
	s.str("UserAgent", u.Agent)
	s.str("WebId", p.webID)
	s.finish()
}

func listViewed(s *scribe) {
	u := s.person()
	p := s.place(u)
	s.sharePoint(u, p, 36, pick(s, []string{"ListViewed", "ListViewed", "ListUpdated"}), p.url+"/"+p.listID)
	s.flag("DoNotDistributeEvent", true)
	s.str("ItemType", "List")
	s.listTail(p, u.Agent)
	s.finish()
}

func (s *scribe) listTail(p place, agent string) {
	s.str("ListId", p.listID)
	s.str("Site", p.siteID)
	s.str("UserAgent", agent)
	s.str("WebId", p.webID)
	s.flag("FromApp", false)
	s.flag("IsDocLib", true)
	s.num("ItemCount", s.rng.IntN(500))
	s.str("ListBaseTemplateType", "101")
	s.str("ListBaseType", "DocumentLibrary")
	s.str("ListColor", "")
	s.str("ListIcon", "")
	s.str("TemplateTypeId", "")
	s.str("ListTitle", p.listID)
}

// fileShared is a share with a colleague, a partner or, rarely, the whole world. The
// event data is a fragment of XML.
func fileShared(s *scribe) {
	u := s.person()
	p, f := s.place(u), pick(s, fileNames)
	file := f.name + "." + f.ext
	operation, who, kind := "SharingSet", s.anyone().UPN, "Member"
	switch {
	case s.chance(0.15):
		operation, who, kind = "AnonymousLinkCreated", "", ""
	case s.chance(0.3):
		operation, who, kind = "SharingInvitationCreated", "partner@"+pick(s, partnerDomains), "Guest"
	}
	s.sharePoint(u, p, 14, operation, p.url+"/"+p.folder+"/"+file)
	s.str("ItemType", "File")
	s.str("ListId", p.listID)
	s.guid("ListItemUniqueId", s.rng)
	s.str("Site", p.siteID)
	s.str("UserAgent", u.Agent)
	s.str("WebId", p.webID)
	s.str("EventData", "<Permissions granted>Contribute</Permissions granted><MembersCanShareApplied>False</MembersCanShareApplied>")
	s.str("SourceFileExtension", f.ext)
	if kind != "" {
		s.str("TargetUserOrGroupType", kind)
	}
	s.str("SiteUrl", p.url)
	s.str("SourceFileName", file)
	s.str("SourceRelativeUrl", p.folder, "/", file)
	if who != "" {
		s.str("TargetUserOrGroupName", who)
	}
	s.finish()
}

func siteGroupChanged(s *scribe) {
	u := s.person()
	p := s.place(u)
	s.sharePoint(u, p, 14, pick(s, []string{"AddedToGroup", "AddedToGroup", "RemovedFromGroup"}), p.url)
	s.str("ItemType", "Web")
	s.str("Site", p.siteID)
	s.str("UserAgent", u.Agent)
	s.str("WebId", p.webID)
	s.str("EventData", "<Group>Limited Access System Group For List ", p.listID, "</Group>")
	s.str("TargetUserOrGroupType", "SecurityGroup")
	s.str("SiteUrl", p.url)
	s.str("TargetUserOrGroupName", newHex(s.rng, 32))
	s.finish()
}

// siteMaintenance is SharePoint talking to itself.
func siteMaintenance(s *scribe) {
	u := s.person()
	p := s.place(u)
	for range 1 + s.rng.IntN(4) {
		s.unified(header{
			stream: streamSharePoint, operation: "ListColumnCreated", recordType: 56,
			userKey: "i:0i.t|00000003-0000-0ff1-ce00-000000000000|app@sharepoint", workload: p.workload, userID: "app@sharepoint",
			clientIP: "198.18.200." + strconv.Itoa(s.rng.IntN(256)), objectID: p.url + "/" + p.listID + "/" + newGUID(s.rng),
		})
		s.str("ApplicationDisplayName", "Media Analysis and Transformation Service")
		s.str("ApplicationId", "944f0bd1-117b-4b1c-af26-804ed95e767e")
		s.guid("CorrelationId", s.rng)
		s.flag("DoNotDistributeEvent", true)
		s.str("EventSource", "SharePoint")
		s.str("ItemType", "Field")
		s.listTail(p, "ODMTADocCache/1.0")
		s.finish()
		s.later(time.Second)
	}
}
