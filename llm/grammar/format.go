package grammar

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// formats are the strings of each format as regular expressions of the whole string. Of
// several spellings the usual ones only: no leap seconds, addresses of mail without quotes
// and comments, and addresses of the web with a host.
//
// Sources: RFC 3339 (date, time, date-time), RFC 9562 (uuid), RFC 2673 (ipv4), RFC 5321
// (email), RFC 3986 (uri).
var formats = func() map[string]func() (*dfa, error) {
	const (
		leap = `([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26]|00)00)` // years divisible by 4, but not by 100 unless by 400
		date = `([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|` + leap + `-02-29)`
		hour = `([01][0-9]|2[0-3])`
		time = hour + `:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]` + hour + `:[0-5][0-9])`

		octet = `(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])`
		label = `[0-9A-Za-z](-?[0-9A-Za-z]){0,24}`
		atom  = `[-+0-9A-Z_a-z]{1,14}`

		email   = atom + `(\.` + atom + `){0,3}@` + label + `(\.` + label + `){1,4}`
		segment = `([-0-9A-Za-z._~!$&'()*+,;=:@]|%[0-9A-F]{2})`
		uri     = `([a-z][a-z0-9+]{1,15}://` + label + `(\.` + label + `){0,4}(:[1-9][0-9]{0,3})?(/` + segment + `*)*(\?(` + segment + `|[/?])*)?(#(` + segment + `|[/?])*)?|mailto:` + email + `)`
	)
	out := map[string]func() (*dfa, error){}
	for name, pattern := range map[string]string{
		"date":      date,
		"time":      time,
		"date-time": date + `T` + time,
		"uuid":      `[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}`,
		"ipv4":      octet + `(\.` + octet + `){3}`,
		"email":     email,
		"uri":       uri,
	} {
		out[name] = sync.OnceValues(func() (*dfa, error) { return compilePattern(pattern, true, new(int)) })
	}
	return out
}()

// formatNames lists the formats for messages.
var formatNames = strings.Join(slices.Sorted(maps.Keys(formats)), ", ")
