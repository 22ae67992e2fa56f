package group

import (
	"withus.example/platform/list"
)

// alsoCalled are headers that people write, beside our own columns' names in
// each of the house's languages.
var alsoCalled = map[string]string{
	"group": "name", "groupname": "name", "organisation": "name", "organization": "name", "title": "name", "charityname": "name", "nombredelgrupo": "name", "nomdugroupe": "name",
	"othername": "other_names", "alias": "other_names", "aka": "other_names",
	"description": "about", "activities": "about", "whatwedo": "about", "summary": "about",
	"town": "area", "city": "area", "district": "area", "region": "area", "county": "area", "ciudad": "area", "ville": "area",
	"venue": "place", "address": "place", "meetingplace": "place",
	"mail": "email", "e-mail": "email", "emailaddress": "email", "contactemail": "email", "correo": "email", "courriel": "email",
	"telephone": "phone", "tel": "phone", "phonenumber": "phone", "mobile": "phone", "whatsapp": "phone",
	"web": "website", "url": "website", "homepage": "website", "site": "website",
	"language": "languages", "founded": "since", "established": "since", "started": "since", "startdate": "since", "year": "since",
	"type": "form", "kind": "form", "legalform": "form", "register": "registers", "registernumber": "registers", "charitynumber": "registers",
	"accessibility": "access", "whoitisfor": "for", "audience": "audience",
}

// headers are our columns by what a list may call them, folded.
func (s *Service) headers() map[string]string {
	out := map[string]string{}
	for theirs, ours := range alsoCalled {
		out[list.Fold(theirs)] = ours
	}
	for i := len(s.langs.Langs) - 1; i >= 0; i-- { // of two that say the same, the first language counts
		for _, c := range full {
			out[list.Fold(s.langs.Langs[i].T("group.import.column."+c.name))] = c.name
		}
	}
	for _, c := range full {
		out[list.Fold(c.name)] = c.name
	}
	return out
}
