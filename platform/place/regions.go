package place

import "strings"

// GeoNames tells the first divisions of a country by codes. People write the
// names; these are the ones they write most, in folded letters: name, country
// and code.
const divisionNames = `england GB ENG|scotland GB SCT|wales GB WLS|northern ireland GB NIR
alabama US AL|alaska US AK|arizona US AZ|arkansas US AR|california US CA|colorado US CO|connecticut US CT|delaware US DE|district of columbia US DC|florida US FL|georgia US GA|hawaii US HI|idaho US ID|illinois US IL|indiana US IN|iowa US IA|kansas US KS|kentucky US KY|louisiana US LA|maine US ME|maryland US MD|massachusetts US MA|michigan US MI|minnesota US MN|mississippi US MS|missouri US MO|montana US MT|nebraska US NE|nevada US NV|new hampshire US NH|new jersey US NJ|new mexico US NM|new york US NY|north carolina US NC|north dakota US ND|ohio US OH|oklahoma US OK|oregon US OR|pennsylvania US PA|rhode island US RI|south carolina US SC|south dakota US SD|tennessee US TN|texas US TX|utah US UT|vermont US VT|virginia US VA|washington US WA|west virginia US WV|wisconsin US WI|wyoming US WY
alberta CA 01|british columbia CA 02|manitoba CA 03|new brunswick CA 04|nouveau brunswick CA 04|newfoundland CA 05|nova scotia CA 07|ontario CA 08|prince edward island CA 09|quebec CA 10|saskatchewan CA 11|yukon CA 12|northwest territories CA 13|nunavut CA 14
new south wales AU 02|northern territory AU 03|queensland AU 04|south australia AU 05|tasmania AU 06|victoria AU 07|western australia AU 08`

// divisions are those with a folded name, as towns name them: "US AL".
func divisions(key string) (out []string) {
	if key == "" {
		return nil
	}
	for d := range strings.FieldsFuncSeq(divisionNames, func(r rune) bool { return r == '|' || r == '\n' }) {
		if rest, ok := strings.CutPrefix(d, key+" "); ok && strings.Count(rest, " ") == 1 {
			out = append(out, rest)
		}
	}
	return out
}
