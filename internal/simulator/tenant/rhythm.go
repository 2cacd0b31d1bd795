package tenant

import "time"

// rate is a number of records in an hour by what causes them.
type rate struct{ person, system float64 }

func (r rate) total() float64 { return r.person + r.system }

// office is a place people work in: its hours and what its sign-ins look like.
type office struct {
	city, state, country string
	latitude, longitude  float64
	offset               time.Duration // from UTC, winter time all year
	share                float64       // of the people
	net                  string        // first two octets of its addresses
	language             string
}

// personShare is the part of all records that people cause; the rest is the services'
// own noise, flat over day and week.
const personShare = 0.62

// workday is how busy a local hour of a working day is.
var workday = [24]float64{
	0.02, 0.01, 0.01, 0.01, 0.02, 0.06, 0.22, 0.6, 1, 1, 0.97, 0.9,
	0.6, 0.85, 0.95, 0.92, 0.8, 0.55, 0.3, 0.2, 0.15, 0.12, 0.08, 0.04,
}

const weekendFactor = 0.06

// rates spreads a mean number of records a day over the hours of the week, Monday 0:00
// UTC first.
func rates(offices []office, perDay int) [7 * 24]rate {
	var week [7 * 24]rate
	var sum float64
	for h := range week {
		for _, o := range offices {
			local := (h + int(o.offset/time.Hour) + 7*24) % (7 * 24)
			busy := workday[local%24]
			if local/24 >= 5 {
				busy *= weekendFactor
			}
			week[h].person += busy * o.share
		}
		sum += week[h].person
	}
	total := float64(perDay) * 7
	for h := range week {
		week[h].person *= total * personShare / sum
		week[h].system = total * (1 - personShare) / float64(len(week))
	}
	return week
}

func (t *Tenant) rateAt(hour int64) rate {
	const epochOffset = 3 * 24 // the Unix epoch was a Thursday
	h := (hour + epochOffset) % (7 * 24)
	if h < 0 {
		h += 7 * 24
	}
	return t.rates[h]
}
