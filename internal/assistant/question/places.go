package question

import (
	"strings"

	"aoc"
)

// countries are the codes of countries, as sign-ins write them, by their names in small
// letters, with | between.
const countryTable = `AE united arab emirates|uae;AF afghanistan;AL albania;AM armenia;AO angola;AR argentina;AT austria;AU australia;AZ azerbaijan;BA bosnia;BD bangladesh;BE belgium;BG bulgaria;BO bolivia;BR brazil;BY belarus;CA canada;CH switzerland;CL chile;CM cameroon;CN china;CO colombia;CR costa rica;CU cuba;CY cyprus;CZ czech republic|czechia;DE germany;DK denmark;DO dominican republic;DZ algeria;EC ecuador;EE estonia;EG egypt;ES spain;ET ethiopia;FI finland;FR france;GB united kingdom|uk|great britain|england|scotland|wales|britain;GE georgia;GH ghana;GR greece;GT guatemala;HK hong kong;HN honduras;HR croatia;HU hungary;ID indonesia;IE ireland;IL israel;IN india;IQ iraq;IR iran;IS iceland;IT italy;JM jamaica;JO jordan;JP japan;KE kenya;KH cambodia;KP north korea;KR south korea|korea;KW kuwait;KZ kazakhstan;LB lebanon;LK sri lanka;LT lithuania;LU luxembourg;LV latvia;LY libya;MA morocco;MD moldova;ME montenegro;MK north macedonia|macedonia;MM myanmar;MN mongolia;MT malta;MX mexico;MY malaysia;NG nigeria;NI nicaragua;NL netherlands|holland;NO norway;NP nepal;NZ new zealand;OM oman;PA panama;PE peru;PH philippines;PK pakistan;PL poland;PR puerto rico;PT portugal;PY paraguay;QA qatar;RO romania;RS serbia;RU russia|russian federation;SA saudi arabia;SD sudan;SE sweden;SG singapore;SI slovenia;SK slovakia;SN senegal;SY syria;TH thailand;TN tunisia;TR turkey|türkiye|turkiye;TW taiwan;TZ tanzania;UA ukraine;UG uganda;US us|united states|united states of america|usa|america;UY uruguay;UZ uzbekistan;VE venezuela;VN vietnam|viet nam;YE yemen;ZA south africa;ZM zambia;ZW zimbabwe`

// countries reads "from Germany", "outside of Germany": the country that a sign-in came from.
func (r *reader) countries() {
	for i := range r.toks {
		t := &r.toks[i]
		if t.used || t.form != word || !r.says(i-1, "from", "in", "outside", "of", "within", "or", "and", "than", "not", "the", "except", ",") {
			continue
		}
		code, n := r.countryAt(i)
		if n == 0 {
			continue
		}
		// What was typed in small letters must be led by "from".
		out := r.says(i-1, "outside") || r.says(i-1, "of", "the") && r.says(i-2, "outside", "of") && (r.says(i-2, "outside") || r.says(i-3, "outside"))
		r.found = append(r.found, match{
			kind: isPlace, i: i, j: i + n, not: out || r.negated(i), says: "from " + r.words(i, i+n),
			expr: aoc.TextLike{Parts: []string{"from ", ", " + code}},
		})
		r.use(i, i+n)
		if out {
			for k := i - 1; k >= i-3 && k >= 0; k-- {
				if r.says(k, "outside") {
					r.use(k, i)
				}
			}
		}
	}
}

// countryAt reads the name of a country of up to three words from token i.
func (r *reader) countryAt(i int) (code string, words int) {
	for n := 3; n > 0; n-- {
		if i+n > len(r.toks) || r.toks[i+n-1].used {
			continue
		}
		text := strings.ToLower(r.words(i, i+n))
		text = strings.TrimRight(strings.ReplaceAll(text, ".", ""), "?!,;")
		if text == "us" && r.toks[i].text != "US" || text == "georgia" && !r.toks[i].caps || text == "turkey" && !r.toks[i].caps {
			continue
		}
		for _, entry := range strings.Split(countryTable, ";") {
			code, names, _ := strings.Cut(entry, " ")
			for _, name := range strings.Split(names, "|") {
				if name == text {
					return code, n
				}
			}
		}
	}
	return "", 0
}
