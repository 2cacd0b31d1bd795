package normalise

import (
	"strings"

	"aoc"
)

// mailbox reads what was done in a mailbox: to one item (record type 2), to several (3),
// or many accesses in one record (50).
func (d *draft) mailbox() {
	r := d.root
	owner := r.get("MailboxOwnerUPN").str()
	ownerDisplay := ""
	if owner != "" || r.get("MailboxGuid").str() != "" {
		t := aoc.Target{ID: r.get("MailboxGuid").str(), Type: "Mailbox", UPN: owner}
		if owner == "" {
			t.Name = d.nameOf(t.ID)
		} else {
			t.Name = guestAddress(owner) // the id is not one of the directory
		}
		ownerDisplay = d.target(t)
	}
	what, count := d.mailItems()
	d.modified(ownerDisplay, r.get("ModifiedProperties"))
	where := d.whose(ownerDisplay, "mailbox")
	if destination := r.get("DestMailboxOwnerUPN").str(); destination != "" && !strings.EqualFold(destination, owner) {
		where += " to " + d.whose(d.targetAccount(destination, "", "Mailbox"), "mailbox")
	}
	if sender := d.sender(); sender != "" {
		d.Changes = append(d.Changes, aoc.Change{Target: ownerDisplay, Property: "Sender", After: &sender})
	}
	d.mailSentence(what, count, where, ownerDisplay)
}

// mailItems adds the items a mailbox record is about as targets, and gives how to speak of
// them and how many there are.
func (d *draft) mailItems() (what string, count int) {
	r := d.root
	if item := r.get("Item"); item != nil {
		subject := item.get("Subject").str()
		folder := item.path("ParentFolder", "Path").str()
		id := first(item.get("InternetMessageId").str(), item.get("Id").str())
		if subject != "" || folder == "" {
			d.target(aoc.Target{ID: id, Name: subject, Type: "Message"})
		}
		if folder != "" {
			d.target(aoc.Target{ID: item.path("ParentFolder", "Id").str(), Name: folder, Type: "Folder"})
		}
		return subjectWords(subject), 1
	}
	subject := ""
	for item := r.get("AffectedItems").items(); item != nil; item = item.next {
		count++
		subject = item.get("Subject").str()
		if subject != "" {
			d.target(aoc.Target{ID: first(item.get("InternetMessageId").str(), item.get("Id").str()), Name: subject, Type: "Message"})
		}
	}
	for f := r.get("Folders").items(); f != nil; f = f.next {
		count += f.get("FolderItems").count() + f.get("MessageItems").count()
		d.target(aoc.Target{ID: f.get("Id").str(), Name: f.get("Path").str(), Type: "Folder"})
	}
	if f := r.get("Folder"); f != nil {
		d.target(aoc.Target{ID: f.get("Id").str(), Name: f.get("Path").str(), Type: "Folder"})
	}
	if n, ok := r.get("OperationCount").integer(); ok && int(n) > count && n < 1<<31 {
		count = int(n)
	}
	if count == 1 && subject != "" {
		return subjectWords(subject), 1
	}
	if count == 0 {
		return "an item", 0
	}
	return plural(count, "item", "items"), count
}

// subjectWords speaks of a message by its subject.
func subjectWords(subject string) string {
	if subject == "" {
		return "an item"
	}
	return quoted(clean(subject, 120))
}

// sender gives on whose behalf a message was sent, where that is not the mailbox itself.
func (d *draft) sender() string {
	return d.root.of("SendAsUserSmtp", "SendOnBehalfOfUserSmtp")
}

// mailSentence sums up an operation in a mailbox.
func (d *draft) mailSentence(what string, count int, where, owner string) {
	r := d.root
	if strings.HasPrefix(d.Operation, "Send") && what == "an item" {
		what = "a mail"
	}
	folder := clean(strings.TrimPrefix(r.path("Item", "ParentFolder", "Path").str(), `\`), 120)
	switch d.Operation {
	case "MailItemsAccessed":
		if strings.EqualFold(r.get("OperationProperties").named("MailAccessType").str(), "Sync") {
			folders := plural(max(r.get("Folders").count(), 1), "mail folder", "mail folders")
			d.say("sync", folders, "in", where)
			return
		}
		d.say("access", plural(max(count, 1), "mail item", "mail items"), "in", where)
	case "Send":
		d.say("send", what, d.fromMailbox(owner))
	case "SendAs":
		d.say("send", what, "as", first(d.sender(), owner, "someone else"))
	case "SendOnBehalf":
		d.say("send", what, "on behalf of", first(d.sender(), owner, "someone else"))
	case "Create":
		if folder != "" {
			where = "folder " + folder + " of " + where
		}
		d.say("create", what, "in", where)
	case "Update":
		d.say("update", what, d.changedProperties(), "in", where)
	case "SoftDelete":
		d.say("delete", what, "in", where)
	case "HardDelete":
		d.say("delete", what, "for good in", where)
	case "MoveToDeletedItems":
		d.say("move", what, "to Deleted Items in", where)
	case "Move", "Copy":
		to := clean(strings.TrimPrefix(r.path("DestFolder", "Path").str(), `\`), 120)
		d.say(strings.ToLower(d.Operation), what, with("to", to), "in", where)
	case "MailboxLogin":
		d.say("sign in", "to", where)
	case "FolderBind":
		d.say("open", first(with("folder", folder), "a folder"), "of", where)
	case "MessageBind":
		d.say("open", what, "in", where)
	case "UpdateInboxRules":
		d.say("update", "inbox rules of", where)
	case "AddFolderPermissions", "ModifyFolderPermissions", "RemoveFolderPermissions", "UpdateFolderPermissions":
		d.folderPermissions(folder, where)
	case "UpdateCalendarDelegation":
		d.say("change", "the calendar delegation of", where)
	case "AttachmentAccess":
		d.say("open", "an attachment of", what, "in", where)
	default:
		d.perform(d.Operation, join(what, "in", where))
	}
}

func (d *draft) fromMailbox(owner string) string {
	if owner == "" || d.isActor(owner) {
		return ""
	}
	return "from " + owner + "'s mailbox"
}

// folderPermissions sums up a change of who may see a folder.
func (d *draft) folderPermissions(folder, where string) {
	f := d.root.path("Item", "ParentFolder")
	on := first(with("folder", folder), "a folder")
	who := d.address(first(f.get("MemberUpn").str(), f.get("MemberSid").str()))
	granted := f.get("MemberRights").str()
	if granted != "" {
		d.Changes = append(d.Changes, aoc.Change{Target: folder, Property: first(who, "MemberRights"), After: &granted})
	}
	if strings.HasPrefix(d.Operation, "Remove") {
		d.say("remove", "the permissions of", first(who, "someone"), "on", on, "of", where)
		return
	}
	d.say("set", "the permissions of", first(who, "someone"), "on", on, "of", where, with("to", clean(granted, 120)))
}
