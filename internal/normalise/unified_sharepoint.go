package normalise

import (
	"net/url"
	"strings"

	"aoc"
)

// sharePoint reads what was done in SharePoint or OneDrive: to files, pages, lists, sites
// and with whom they were shared.
func (d *draft) sharePoint() {
	r := d.root
	objectID := r.get("ObjectId").str()
	file := r.get("SourceFileName").str()
	itemType := r.get("ItemType").str()
	name := first(file, titleOf(r.get("ListTitle").str()), fileOfURL(objectID))
	site := d.site(first(r.get("SiteUrl").str(), objectID))
	if itemType == "Site" || itemType == "Web" {
		name = site
	}
	item := d.target(aoc.Target{ID: objectID, Name: name, Type: itemType})
	d.modified(item, r.get("ModifiedProperties"))
	who := ""
	if raw := r.get("TargetUserOrGroupName").str(); raw != "" {
		who = d.targetAccount(raw, "", sharedWithType(r.get("TargetUserOrGroupType").str()))
	} else if raw := r.get("UserSharedWith").str(); raw != "" {
		who = d.targetAccount(raw, "", "")
	}
	if to := r.get("DestinationFileName").str(); to != "" && to != file {
		d.change(item, "FileName", &file, &to)
	}
	d.eventData(item, r.get("EventData").str())
	d.sharePointSentence(item, who, site)
}

// sharedWithType names the type of target that TargetUserOrGroupType stands for.
func sharedWithType(s string) string {
	switch s {
	case "Member", "Guest", "Partner":
		return "User"
	case "SecurityGroup", "SharePointGroup":
		return "Group"
	}
	return s
}

// titleOf gives the title of a list, unless it is only the list's id.
func titleOf(s string) string {
	if isGUID(s) {
		return ""
	}
	return s
}

// fileOfURL gives the last part of a URL, decoded.
func fileOfURL(s string) string {
	s = before(before(s, "?"), "#")
	_, path, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	path = strings.TrimRight(path, "/")
	return unescapeURL(after(path, '/'))
}

// unescapeURL decodes %20 and its like where the text is encoded at all.
func unescapeURL(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	if decoded, err := url.PathUnescape(s); err == nil {
		return decoded
	}
	return s
}

// site names the site of a URL: "SharePoint site Finance", "their OneDrive", "the OneDrive
// ada_contoso_example".
func (d *draft) site(siteURL string) string {
	_, rest, ok := strings.Cut(siteURL, "://")
	if !ok {
		return ""
	}
	host, path, _ := strings.Cut(rest, "/")
	kind, path, _ := strings.Cut(path, "/")
	name := unescapeURL(before(path, "/"))
	switch strings.ToLower(kind) {
	case "personal":
		if name == "" {
			return "OneDrive"
		}
		if strings.EqualFold(name, oneDriveName(d.Actor.UPN)) {
			return "their OneDrive"
		}
		return "the OneDrive " + name
	case "sites", "teams", "portals":
		if name != "" {
			return "SharePoint site " + name
		}
	}
	if strings.HasSuffix(before(host, "."), "-my") {
		return "OneDrive"
	}
	return "SharePoint site " + before(host, ".")
}

// oneDriveName is the name of a user's OneDrive site: the UPN with everything but letters
// and digits written as an underscore.
func oneDriveName(upn string) string {
	b := []byte(upn)
	for i, c := range b {
		if !('0' <= c && c <= '9' || isLower(c) || isUpper(c) || c >= 0x80) {
			b[i] = '_'
		}
	}
	return string(b)
}

// eventData notes the facts in EventData, a fragment of XML such as
// <Permissions granted>Edit</Permissions granted>.
func (d *draft) eventData(target, s string) {
	for range 50 {
		_, rest, ok := strings.Cut(s, "<")
		if !ok {
			return
		}
		name, rest, ok := strings.Cut(rest, ">")
		if !ok {
			return
		}
		text, rest, ok := strings.Cut(rest, "</")
		if !ok {
			return
		}
		if i := strings.LastIndexByte(text, '<'); i >= 0 { // an element within
			s = text[i:] + "</" + rest
			continue
		}
		if text != "" && name != "" {
			v := xmlText.Replace(text)
			d.change(target, name, nil, &v)
		}
		s = rest
	}
}

var xmlText = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&apos;", "'", "&amp;", "&")

// sharePointSentence sums up an operation in SharePoint or OneDrive.
func (d *draft) sharePointSentence(item, who, site string) {
	where := with("in", site)
	if strings.EqualFold(item, site) {
		where = ""
	}
	if say := sharingSentences[d.Operation]; say != nil {
		say(d, first(item, site, "an object"), who, first(site, d.Workload))
		return
	}
	if d.fileSentence(item, site, where) {
		return
	}
	d.perform(d.Operation, join(item, where))
}

// fileSentence sums up what was done to a file, folder or page.
func (d *draft) fileSentence(item, site, where string) bool {
	op := d.Operation
	var noun string
	switch {
	case strings.HasPrefix(op, "File"):
		op = op[len("File"):]
	case strings.HasPrefix(op, "Folder"):
		op, noun = op[len("Folder"):], "folder"
	case strings.HasPrefix(op, "Page"):
		op, noun = op[len("Page"):], "page"
	default:
		return false
	}
	did, ok := fileVerbs[op]
	if !ok {
		return false
	}
	switch op {
	case "Downloaded", "SyncDownloadedFull", "SyncDownloadedPartial", "Fetched":
		where = with("from", site)
	case "Uploaded", "SyncUploadedFull", "SyncUploadedPartial", "UploadedPartial":
		where = with("to", site)
	case "Renamed", "Moved", "Copied":
		to := d.root.get("DestinationFileName").str()
		if folder := d.root.get("DestinationRelativeUrl").str(); op != "Renamed" && folder != "" {
			to = folder
		}
		where = join(with("to", clean(unescapeURL(to), 120)), where)
	case "MalwareDetected":
		d.tell("Malware was found in", item, where)
		return true
	}
	d.say(did.verb, noun, item, did.rest, where)
	return true
}

// fileVerbs says what the operations on files, folders and pages did, by what follows File,
// Folder or Page in their name.
var fileVerbs = map[string]struct{ verb, rest string }{
	"Accessed": {"access", ""}, "AccessedExtended": {"access", ""}, "Viewed": {"view", ""}, "ViewedExtended": {"view", ""},
	"Previewed": {"preview", ""}, "Downloaded": {"download", ""}, "Uploaded": {"upload", ""}, "UploadedPartial": {"upload", ""},
	"Modified": {"change", ""}, "ModifiedExtended": {"change", ""}, "Created": {"create", ""}, "Deleted": {"delete", ""},
	"Recycled": {"move", "to the recycle bin"}, "DeletedFirstStageRecycleBin": {"delete", "from the recycle bin"},
	"DeletedSecondStageRecycleBin": {"delete", "for good"}, "Restored": {"restore", ""}, "Renamed": {"rename", ""},
	"Moved": {"move", ""}, "Copied": {"copy", ""}, "CheckedOut": {"check", "out"}, "CheckedIn": {"check", "in"},
	"CheckOutDiscarded": {"discard", "as checked out"}, "Fetched": {"fetch", ""}, "SyncDownloadedFull": {"sync", ""},
	"SyncDownloadedPartial": {"sync", ""}, "SyncUploadedFull": {"sync", ""}, "SyncUploadedPartial": {"sync", ""},
	"MalwareDetected": {"find", ""}, "Transcribed": {"transcribe", ""}, "SensitivityLabelApplied": {"label", ""},
	"SensitivityLabelChanged": {"relabel", ""}, "SensitivityLabelRemoved": {"remove", "as labelled"},
	"VersionsAllDeleted": {"delete", "in all its versions"}, "Prefetched": {"open", ""}, "PrefetchedExtended": {"open", ""},
}
