package tests

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"withus.example/platform/access"
	"withus.example/platform/db"
	"withus.example/platform/fault"
	"withus.example/platform/id"
	"withus.example/platform/web"
	"withus.example/platform/web/webtest"
)

// viewers are who comes to the door, in the order of the columns below. The
// organiser runs every group of the street that has organisers; "other" runs
// another group. "pending" asks to join, "lapsed" and "paused" are in the network
// no more, or not now, and "expected" has not come yet. "erased" was an organiser of them too, and comes with the
// cookie of before; "ended" is the organiser on a device whose session they
// have ended.
var viewers = []string{"visitor", "member", "supporter", "moderator", "team", "organiser", "other", "pending", "lapsed", "paused", "expected", "erased", "ended"}

// hiddenPage is a page of the demo that waits: the team alone sees it.
const hiddenPage = "new-flyer"

// things are the groups of the street, and one that is not there: public;
// public without organisers; for members; unlisted, by its address; waiting;
// waiting without organisers.
var things = []string{"public", "orphan", "members", "unlisted", "waiting", "free", "nothing"}

// classes are the answers, as the table calls them.
var classes = map[string]func(p *webtest.Page) bool{
	"ok":   func(p *webtest.Page) bool { return p.Status == http.StatusOK },
	"go":   func(p *webtest.Page) bool { return p.Status == http.StatusSeeOther && inside(p) && !toSignIn(p) },        // done; on to a page here
	"in":   func(p *webtest.Page) bool { return p.Status == http.StatusSeeOther && toSignIn(p) },                      // led to sign in first
	"out":  func(p *webtest.Page) bool { return p.Status == http.StatusSeeOther && !inside(p) },                       // led elsewhere
	"who":  func(p *webtest.Page) bool { return p.Status == http.StatusUnauthorized },                                 // sign in first, told to a program
	"no":   func(p *webtest.Page) bool { return p.Status == http.StatusForbidden },                                    // seen, but not theirs to do
	"--":   func(p *webtest.Page) bool { return p.Status == http.StatusNotFound },                                     // nothing there, or nothing they may see
	"bad":  func(p *webtest.Page) bool { return p.Status == http.StatusUnprocessableEntity },                          // theirs to do, and filled in wrongly
	"late": func(p *webtest.Page) bool { return p.Status == http.StatusConflict },                                     // theirs to do, and done already
	"last": func(p *webtest.Page) bool { return p.Status == http.StatusConflict && strings.Contains(p.Body, "last") }, // theirs to do, were they not the last
}

func inside(p *webtest.Page) bool { return strings.HasPrefix(p.Header.Get("Location"), "/") }
func toSignIn(p *webtest.Page) bool {
	to := p.Header.Get("Location")
	return to == "/sign-in" || strings.HasPrefix(to, "/sign-in?next=")
}

// rights is the access matrix: what every viewer is answered at every address.
// One word is for all of them.
const rights = `
                                        visitor   member    supporter moderator team      organiser other     pending   lapsed    paused    expected  erased    ended
GET /{$}                                ok
GET /search                             ok
GET /leave                              out
GET /leaving                            ok
GET /api                                ok
GET /healthz                            ok
GET /readyz                             ok
GET /demo/mail                          ok
GET /ui                                 ok
GET /you                                in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
GET /desk                               in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /api/v1/search                      ok

GET /sign-in                            ok
POST /sign-in                           bad
GET /sign-in/sent                       ok
GET /sign-in/link/{token}               ok
POST /sign-in/link/{token}              --
POST /sign-out                          in        go        go        go        go        go        go        go        go        go        go        in        in
GET /sign-in/password                   in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
POST /sign-in/password                  in        bad       bad       bad       bad       bad       bad       bad       bad       bad       bad       in        in
POST /sign-in/devices/end               in        --        --        --        --        --        --        --        --        --        --        in        in
POST /sign-in/devices/end-others        in        go        go        go        go        go        go        go        go        go        go        in        in
GET /sign-in/code                       in
POST /sign-in/code                      --
GET /sign-in/second                     in
POST /sign-in/second                    --
GET /sign-in/email/{token}              --
POST /sign-in/email/{token}             --
GET /sign-in/undo/{token}               --
POST /sign-in/undo/{token}              --
GET /sign-in/lost                       ok
POST /sign-in/lost                      bad
GET /sign-in/lost/sent                  ok
POST /sign-in/lost/stop                 in        late      late      late      late      late      late      late      late      late      late      in        in
GET /sign-in/stop/{token}               --
POST /sign-in/stop/{token}              --
GET /sign-in/found/{token}              --
POST /sign-in/found/{token}             --
GET /desk/lost                          in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /desk/lost/{id}                     in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /desk/lost/{id}                    in        no        no        no        go        no        no        no        no        no        no        in        in
GET /sign-in/paper                      ok
POST /sign-in/paper                     bad
GET /sign-in/passkey                    ok
POST /sign-in/passkey                   bad
GET /you/passkeys                       in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
POST /you/passkeys                      in        bad       bad       bad       bad       bad       bad       bad       bad       bad       bad       in        in
POST /you/passkeys/remove               in        --        --        --        --        --        --        --        --        --        --        in        in
GET /you/codes                          in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
POST /you/codes                         in        bad       bad       bad       bad       bad       bad       bad       bad       bad       bad       in        in
GET /you/second-step                    in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
POST /you/second-step                   in        late      late      late      late      late      late      late      late      late      late      in        in
GET /you/email                          in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
POST /you/email                         in        bad       bad       bad       bad       bad       bad       bad       bad       bad       bad       in        in
GET /you/email/sent                     in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in

GET /join                               ok
POST /join                              bad       go        go        go        go        go        go        go        go        go        go        bad       bad
GET /join/experience                    go
POST /join/experience                   go
GET /join/group                         go
POST /join/group                        go
GET /join/whom                          go
POST /join/whom                         go
GET /join/name                          go
POST /join/name                         go
GET /join/counted                       go
POST /join/counted                      go
GET /join/reach                         go
POST /join/reach                        go
GET /join/door                          go
POST /join/door                         go
GET /join/paper                         go
POST /join/paper                        go
GET /join/send                          go
POST /join/send                         go
GET /join/sent                          go
GET /join/print                         ok
GET /join/easy                          ok
POST /join/forget                       go
GET /join/link/{token}                  --        go        go        go        go        go        go        go        go        go        go        --        --
POST /join/link/{token}                 --
GET /join/again                         in        --        --        --        --        --        --        --        --        --        --        in        in
POST /join/again                        in        bad       bad       bad       bad       bad       bad       bad       bad       bad       bad       in        in
GET /join/take-back                     in        --        --        --        --        --        --        ok        --        --        --        in        in
POST /join/take-back                    in        bad       bad       bad       bad       bad       bad       bad       bad       bad       bad       in        in
GET /desk/joining                       in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /desk/joining/{id}                  in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /desk/joining/{id}                 in        no        no        no        go        no        no        no        no        no        no        in        in
GET /desk/kinds                         in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /desk/kinds/{kind}                  in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /desk/kinds/{kind}                 in        no        no        no        go        no        no        no        no        no        no        in        in
GET /desk/kinds/{kind}/history          in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /desk/kinds/{kind}/restore         in        no        no        no        --        no        no        no        no        no        no        in        in
GET /desk/members                       in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /desk/members                      in        no        no        no        bad       no        no        no        no        no        no        in        in
GET /desk/members/{id}                  in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /desk/members/{id}/role             in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /desk/members/{id}/role            in        no        no        no        go        no        no        no        no        no        no        in        in
POST /desk/members/{id}/role/drop       in        no        no        no        go        no        no        no        no        no        no        in        in
GET /desk/arrivals                      in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /desk/arrivals/waiting              in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /desk/arrivals/bring                in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /desk/arrivals/bring               in        no        no        no        bad       no        no        no        no        no        no        in        in
GET /desk/arrivals/paper                in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /desk/arrivals/paper               in        no        no        no        bad       no        no        no        no        no        no        in        in
POST /desk/arrivals/write               in        no        no        no        go        no        no        no        no        no        no        in        in
GET /desk/arrivals/{list}               in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /desk/arrivals/{list}/columns       in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /desk/arrivals/{list}/columns      in        no        no        no        bad       no        no        no        no        no        no        in        in
GET /desk/arrivals/{list}/words         in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /desk/arrivals/{list}/words        in        no        no        no        go        no        no        no        no        no        no        in        in
POST /desk/arrivals/{list}/take         in        no        no        no        late      no        no        no        no        no        no        in        in
POST /desk/arrivals/{list}/delete       in        no        no        no        go        no        no        no        no        no        no        in        in
GET /arrive/{token}                     --
POST /arrive/{token}                    --
GET /you/arrival                        in        no        no        no        no        no        no        no        no        no        --        in        in
POST /you/arrival                       in        no        no        no        no        no        no        no        no        no        --        in        in
GET /you/leave                          in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
POST /you/leave                         in        bad       bad       bad       bad       bad       bad       bad       bad       bad       bad       in        in
POST /you/leave/stay                    in        go        go        go        go        go        go        go        go        go        go        in        in
GET /you/data                           in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
POST /you/data/copy                     in        go        go        go        go        go        go        go        go        go        go        in        in
GET /you/data/copy/{token}              in        --        --        --        --        --        --        --        --        --        --        in        in
GET /you/data/copy/{token}/file         in        --        --        --        --        --        --        --        --        --        --        in        in
GET /desk/numbers                       in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /desk/numbers.csv                   in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /you/equal                          in        ok        ok        ok        ok        ok        ok        no        no        no        no        in        in
POST /you/equal/begin                   in        go        go        go        go        go        go        no        no        no        no        in        in
GET /you/equal/questions                in        ok        ok        ok        ok        ok        ok        no        no        no        no        in        in
POST /you/equal/questions               in        go        go        go        go        go        go        no        no        no        no        in        in
GET /desk/equal                         in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /desk/equal                        in        no        no        no        go        no        no        no        no        no        no        in        in
GET /desk/equal.csv                     in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /desk/looks                         in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /join/vouching                      in        --        --        --        --        --        --        --        --        --        --        in        in
POST /join/vouching/ask                 in        --        --        --        --        --        --        --        --        --        --        in        in

GET /invited                            ok
POST /invited                           bad
GET /invited/{token}                    --
POST /invited/{token}                   --
GET /you/invitations                    in        ok        no        ok        ok        ok        ok        no        no        no        no        in        in
GET /you/invitations/new                in        ok        no        ok        ok        ok        ok        no        no        no        no        in        in
POST /you/invitations/new               in        bad       no        bad       bad       bad       bad       no        no        no        no        in        in
POST /you/invitations/withdraw          in        --        no        --        --        --        --        no        no        no        no        in        in
GET /desk/invitations                   in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /desk/invitations/new               in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /desk/invitations/new              in        no        no        no        bad       no        no        no        no        no        no        in        in
GET /desk/invitations/team              in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /desk/invitations/team             in        no        no        no        bad       no        no        no        no        no        no        in        in
POST /desk/invitations/agree            in        no        no        no        --        no        no        no        no        no        no        in        in
POST /desk/invitations/members          in        no        no        no        go        no        no        no        no        no        no        in        in
GET /vouching                           in        ok        ok        ok        ok        ok        ok        no        no        no        no        in        in
POST /vouching/answer                   in        --        --        --        --        --        --        no        no        no        no        in        in
GET /you/about                          in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
POST /you/about                         in        bad       bad       bad       bad       bad       bad       bad       bad       bad       bad       in        in
GET /desk/kept                          in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /you/voice                          in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
GET /you/names                          in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
GET /you/names/new                      in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
POST /you/names/new                     in        bad       bad       bad       bad       bad       bad       bad       bad       bad       bad       in        in
GET /you/names/{persona}                in        --        --        --        --        --        --        --        --        --        --        in        in
POST /you/names/{persona}               in        --        --        --        --        --        --        --        --        --        --        in        in
POST /you/names/act                     in        --        --        --        --        --        --        --        --        --        --        in        in
POST /you/names/retire                  in        late      late      late      late      late      late      late      late      late      late      in        in
POST /you/names/no-picture              in        --        --        --        --        --        --        --        --        --        --        in        in
GET /name-pictures/{file}               in        --        --        --        --        --        --        --        --        --        --        in        in
GET /you/membership                     in        ok        ok        ok        ok        ok        ok        go        ok        ok        go        in        in
POST /you/membership                    in        bad       bad       bad       bad       bad       bad       bad       bad       bad       bad       in        in
GET /stay/{token}                       --
POST /stay/{token}                      --
GET /you/messages                       in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
GET /you/messages/{id}                  in        --        --        --        --        --        --        --        --        --        --        in        in
POST /you/messages/{id}                 in        --        --        --        --        --        --        --        --        --        --        in        in
POST /you/messages/read                 in        go        go        go        go        go        go        go        go        go        go        in        in
GET /you/seen                           in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
POST /you/seen                          in        go        go        go        go        go        go        go        go        go        go        in        in
GET /you/agreed                         in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
GET /you/agreed/{purpose}               in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
POST /you/agreed/{purpose}              in        go        go        go        go        go        go        go        go        go        go        in        in
POST /you/agreed-not                    in        go        go        go        go        go        go        go        go        go        go        in        in
GET /finding-out                        ok
GET /you/found-out                      in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
GET /desk/finding-out                   in        no        no        ok        ok        no        no        no        no        no        no        in        in
GET /desk/finding-out/new               in        no        no        ok        ok        no        no        no        no        no        no        in        in
POST /desk/finding-out/new              in        no        no        bad       bad       no        no        no        no        no        no        in        in
GET /desk/finding-out/grounds           in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /desk/finding-out/grounds          in        no        no        no        go        no        no        no        no        no        no        in        in
GET /desk/finding-out/{id}              in        no        no        ok        ok        no        no        no        no        no        no        in        in
POST /desk/finding-out/{id}             in        no        no        no        go        no        no        no        no        no        no        in        in

GET /groups                             ok
GET /group-map                          ok
GET /group-map/{area}                   ok
GET /groups.atom                        ok
GET /groups.csv                         ok
GET /groups.json                        ok
GET /api/v1/groups                      ok
GET /groups/{slug}
    public                              ok
    orphan                              ok
    members                             --        ok        ok        ok        ok        ok        ok        --        --        --        --        --        --
    unlisted                            ok
    waiting                             --        --        --        --        --        ok        --        --        --        --        --        --        --
    free                                --        --        --        --        ok        --        --        --        --        --        --        --        --
    nothing                             --
GET /api/v1/groups/{slug}
    public                              ok
    orphan                              ok
    members                             --        ok        ok        ok        ok        ok        ok        --        --        --        --        --        --
    unlisted                            ok
    waiting                             --        --        --        --        --        ok        --        --        --        --        --        --        --
    free                                --        --        --        --        ok        --        --        --        --        --        --        --        --
    nothing                             --
GET /groups/{slug}/edit
    public                              in        no        no        no        no        ok        no        no        no        no        no        in        in
    orphan                              in        no        no        no        ok        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        ok        no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        ok        no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        ok        --        --        --        --        --        in        in
    free                                in        --        --        --        ok        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /groups/{slug}/edit
    public                              in        no        no        no        no        go        no        no        no        no        no        in        in
    orphan                              in        no        no        no        go        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        go        no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        go        no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        go        --        --        --        --        --        in        in
    free                                in        --        --        --        go        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
PUT /api/v1/groups/{slug}
    public                              who       no        no        no        no        ok        no        no        no        no        no        who       who
    orphan                              who       no        no        no        ok        no        no        no        no        no        no        who       who
    members                             who       no        no        no        no        ok        no        --        --        --        --        who       who
    unlisted                            who       no        no        no        no        ok        no        no        no        no        no        who       who
    waiting                             who       --        --        --        --        ok        --        --        --        --        --        who       who
    free                                who       --        --        --        ok        --        --        --        --        --        --        who       who
    nothing                             who       --        --        --        --        --        --        --        --        --        --        who       who
GET /groups/{slug}/picture/{file}
    public                              ok
    orphan                              ok
    members                             --        ok        ok        ok        ok        ok        ok        --        --        --        --        --        --
    unlisted                            ok
    waiting                             --        --        --        --        --        ok        --        --        --        --        --        --        --
    free                                --        --        --        --        ok        --        --        --        --        --        --        --        --
    nothing                             --
GET /groups/{slug}/picture
    public                              in        no        no        no        no        ok        no        no        no        no        no        in        in
    orphan                              in        no        no        no        ok        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        ok        no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        ok        no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        ok        --        --        --        --        --        in        in
    free                                in        --        --        --        ok        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /groups/{slug}/picture
    public                              in        no        no        no        no        go        no        no        no        no        no        in        in
    orphan                              in        no        no        no        go        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        go        no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        go        no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        go        --        --        --        --        --        in        in
    free                                in        --        --        --        go        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /groups/{slug}/picture/remove
    public                              in        no        no        no        no        go        no        no        no        no        no        in        in
    orphan                              in        no        no        no        go        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        go        no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        go        no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        go        --        --        --        --        --        in        in
    free                                in        --        --        --        go        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
GET /groups/{slug}/slip
    public                              ok
    orphan                              ok
    members                             --        ok        ok        ok        ok        ok        ok        --        --        --        --        --        --
    unlisted                            ok
    waiting                             --        --        --        --        --        ok        --        --        --        --        --        --        --
    free                                --        --        --        --        ok        --        --        --        --        --        --        --        --
    nothing                             --
GET /groups/{slug}/life
    public                              in        no        no        no        no        ok        no        no        no        no        no        in        in
    orphan                              in        no        no        no        ok        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        ok        no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        ok        no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        ok        --        --        --        --        --        in        in
    free                                in        --        --        --        ok        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /groups/{slug}/life
    public                              in        no        no        no        no        bad       no        no        no        no        no        in        in
    orphan                              in        no        no        no        bad       no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        bad       no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        bad       no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        bad       --        --        --        --        --        in        in
    free                                in        --        --        --        bad       --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /groups/{slug}/close
    public                              in        no        no        no        no        go        no        no        no        no        no        in        in
    orphan                              in        no        no        no        no        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        go        no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        go        no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        go        --        --        --        --        --        in        in
    free                                in        --        --        --        no        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /groups/{slug}/open
    public                              in        no        no        no        no        go        no        no        no        no        no        in        in
    orphan                              in        no        no        no        no        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        go        no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        go        no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        go        --        --        --        --        --        in        in
    free                                in        --        --        --        no        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
GET /groups/{slug}/delete
    public                              in        no        no        no        no        ok        no        no        no        no        no        in        in
    orphan                              in        no        no        no        no        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        ok        no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        ok        no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        ok        --        --        --        --        --        in        in
    free                                in        --        --        --        no        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /groups/{slug}/delete
    public                              in        no        no        no        no        bad       no        no        no        no        no        in        in
    orphan                              in        no        no        no        no        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        bad       no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        bad       no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        bad       --        --        --        --        --        in        in
    free                                in        --        --        --        no        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
GET /groups/{slug}/suggest
    public                              ok
    orphan                              ok
    members                             --        ok        ok        ok        ok        ok        ok        --        --        --        --        --        --
    unlisted                            ok
    waiting                             --        --        --        --        --        ok        --        --        --        --        --        --        --
    free                                --        --        --        --        ok        --        --        --        --        --        --        --        --
    nothing                             --
POST /groups/{slug}/suggest
    public                              bad
    orphan                              bad
    members                             --        bad       bad       bad       bad       bad       bad       --        --        --        --        --        --
    unlisted                            bad
    waiting                             --        --        --        --        --        bad       --        --        --        --        --        --        --
    free                                --        --        --        --        bad       --        --        --        --        --        --        --        --
    nothing                             --
POST /groups/{slug}/decide
    public                              in        no        no        no        no        late      no        no        no        no        no        in        in
    orphan                              in        no        no        no        late      no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        late      no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        late      no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        late      --        --        --        --        --        in        in
    free                                in        --        --        --        late      --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /groups/{slug}/still-right
    public                              in        no        no        no        no        go        no        no        no        no        no        in        in
    orphan                              in        no        no        no        go        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        go        no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        go        no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        go        --        --        --        --        --        in        in
    free                                in        --        --        --        go        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
GET /groups/{slug}/history
    public                              in        no        no        no        no        ok        no        no        no        no        no        in        in
    orphan                              in        no        no        no        ok        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        ok        no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        ok        no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        ok        --        --        --        --        --        in        in
    free                                in        --        --        --        ok        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /groups/{slug}/restore
    public                              in        no        no        no        no        go        no        no        no        no        no        in        in
    orphan                              in        no        no        no        go        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        go        no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        go        no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        go        --        --        --        --        --        in        in
    free                                in        --        --        --        go        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /groups/{slug}/step-down
    public                              in        no        no        no        no        last      no        no        no        no        no        in        in
    orphan                              in        no        no        no        no        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        last      no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        last      no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        last      --        --        --        --        --        in        in
    free                                in        --        --        --        no        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /groups/{slug}/publish
    public                              in        no        no        no        no        go        no        no        no        no        no        in        in
    orphan                              in        no        no        no        no        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        go        no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        go        no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        go        --        --        --        --        --        in        in
    free                                in        --        --        --        no        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
GET /groups/{slug}/off
    public                              in        no        no        no        no        late      no        no        no        no        no        in        in
    orphan                              in        no        no        no        no        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        late      no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        late      no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        late      --        --        --        --        --        in        in
    free                                in        --        --        --        no        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /groups/{slug}/off
    public                              in        no        no        no        no        late      no        no        no        no        no        in        in
    orphan                              in        no        no        no        no        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        late      no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        late      no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        late      --        --        --        --        --        in        in
    free                                in        --        --        --        no        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
GET /groups/{slug}/merge
    public                              in        no        no        no        no        --        no        no        no        no        no        in        in
    orphan                              in        no        no        no        no        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        --        no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        --        no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        --        --        --        --        --        --        in        in
    free                                in        --        --        --        no        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /groups/{slug}/merge
    public                              in        no        no        no        no        late      no        no        no        no        no        in        in
    orphan                              in        no        no        no        no        no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        late      no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        late      no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        late      --        --        --        --        --        in        in
    free                                in        --        --        --        no        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /groups/{slug}/unmerge
    public                              in        no        no        no        no        late      no        no        no        no        no        in        in
    orphan                              in        no        no        no        late      no        no        no        no        no        no        in        in
    members                             in        no        no        no        no        late      no        --        --        --        --        in        in
    unlisted                            in        no        no        no        no        late      no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        late      --        --        --        --        --        in        in
    free                                in        --        --        --        late      --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in

POST /groups-suggested                  in        --        --        --        --        --        --        --        --        --        --        in        in
GET /groups-suggested/{token}           --
POST /groups-suggested/{token}          --
GET /groups-asked/{token}               --
POST /groups-asked/{token}              --
POST /group-reminders                   in        go        go        go        go        go        go        go        go        go        go        in        in
GET /about                              ok
GET /our-language                       ok
GET /who-runs-this                      ok
GET /privacy                            ok
GET /accessibility                      ok
GET /sitemap.xml                        ok
GET /robots.txt                         ok
GET /pages/{page}                       --        --        --        --        ok        --        --        --        --        --        --        --        --
GET /api/v1/pages                       ok
GET /api/v1/pages/{page}                --
GET /pages                              in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /pages/new                          in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /pages/new                         in        no        no        no        go        no        no        no        no        no        no        in        in
GET /pages/{page}/edit/{lang}           in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /pages/{page}/edit/{lang}          in        no        no        no        go        no        no        no        no        no        no        in        in
GET /pages/{page}/history/{lang}        in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /pages/{page}/restore/{lang}       in        no        no        no        go        no        no        no        no        no        no        in        in
POST /pages/{page}/hide                 in        no        no        no        go        no        no        no        no        no        no        in        in
POST /pages/{page}/show                 in        no        no        no        go        no        no        no        no        no        no        in        in
GET /menus                              in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /menus                             in        no        no        no        go        no        no        no        no        no        no        in        in
GET /menus/words/{entry}                in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /menus/words/{entry}               in        no        no        no        go        no        no        no        no        no        no        in        in
GET /menus/history                      in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /menus/restore                     in        no        no        no        go        no        no        no        no        no        no        in        in
GET /old-addresses                      in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /old-addresses                     in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /old-addresses/remove              in        no        no        no        go        no        no        no        no        no        no        in        in

GET /help                               ok
GET /help/{country}                     ok
GET /help/worker.js                     ok
GET /api/v1/help                        ok
GET /api/v1/help/{country}              ok
GET /help/lines                         in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /help/lines/new                     in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /help/lines/new                    in        no        no        no        go        no        no        no        no        no        no        in        in
GET /help/lines/{id}/edit               in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /help/lines/{id}/edit              in        no        no        no        go        no        no        no        no        no        no        in        in
GET /help/lines/{id}/tried              in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /help/lines/{id}/tried             in        no        no        no        go        no        no        no        no        no        no        in        in
GET /help/lines/{id}/history            in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /help/lines/{id}/restore           in        no        no        no        go        no        no        no        no        no        no        in        in

GET /words                              ok
GET /words/{key}                        in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /words/{key}                       in        no        no        no        go        no        no        no        no        no        no        in        in

GET /group-imports                      in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /group-imports                     in        no        no        no        bad       no        no        no        no        no        no        in        in
GET /group-imports/{import}             in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /group-imports/{import}/columns     in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /group-imports/{import}/columns    in        no        no        no        bad       no        no        no        no        no        no        in        in
POST /group-imports/{import}/take       in        no        no        no        late      no        no        no        no        no        no        in        in
GET /group-imports/{import}/report.csv  in        no        no        no        --        no        no        no        no        no        no        in        in
POST /group-imports/{import}/delete     in        no        no        no        go        no        no        no        no        no        no        in        in
GET /claims                             in        ok        ok        ok        ok        ok        ok        ok        ok        no        no        in        in
POST /claims/withdraw                   in        --        --        --        --        --        --        --        --        no        no        in        in
POST /claims/answer                     in        --        --        --        --        --        --        --        --        no        no        in        in
GET /claims/new                         ok
GET /claims/institution                 ok
GET /claims/suggest                     ok
POST /claims/suggest                    bad
GET /claims/code                        ok
POST /claims/code                       bad
GET /claims/invited/{token}             --
GET /claims/invited                     go
GET /claims/invited/claim               in        go        go        go        go        go        go        go        go        no        no        in        in
POST /claims/invited/claim              in        go        go        go        go        go        go        go        go        no        no        in        in
GET /claims/invited/off                 go
POST /claims/invited/off                go
GET /claims/objection/{token}           --
POST /claims/objection/{token}          --
GET /claim/{slug}
    public                              in        ok        ok        ok        ok        late      ok        ok        ok        no        no        in        in
    orphan                              in        ok        ok        ok        ok        ok        ok        ok        ok        no        no        in        in
    members                             in        ok        ok        ok        ok        late      ok        --        --        no        no        in        in
    unlisted                            in        ok        ok        ok        ok        late      ok        ok        ok        no        no        in        in
    waiting                             in        --        --        --        --        late      --        --        --        no        no        in        in
    free                                in        --        --        --        no        --        --        --        --        no        no        in        in
    nothing                             in        --        --        --        --        --        --        --        --        no        no        in        in
POST /claim/{slug}
    public                              in        bad       bad       bad       bad       late      bad       bad       bad       no        no        in        in
    orphan                              in        bad       bad       bad       bad       bad       bad       bad       bad       no        no        in        in
    members                             in        bad       bad       bad       bad       late      bad       --        --        no        no        in        in
    unlisted                            in        bad       bad       bad       bad       late      bad       bad       bad       no        no        in        in
    waiting                             in        --        --        --        --        late      --        --        --        no        no        in        in
    free                                in        --        --        --        no        --        --        --        --        no        no        in        in
    nothing                             in        --        --        --        --        --        --        --        --        no        no        in        in
POST /claim/{slug}/send
    public                              in        --        --        --        --        --        --        --        --        no        no        in        in
    orphan                              in        --        --        --        --        --        --        --        --        no        no        in        in
    members                             in        --        --        --        --        --        --        --        --        no        no        in        in
    unlisted                            in        --        --        --        --        --        --        --        --        no        no        in        in
    waiting                             in        --        --        --        --        --        --        --        --        no        no        in        in
    free                                in        --        --        --        --        --        --        --        --        no        no        in        in
    nothing                             in        --        --        --        --        --        --        --        --        no        no        in        in
GET /claim/{slug}/code
    public                              in        --        --        --        --        --        --        --        --        no        no        in        in
    orphan                              in        --        --        --        --        --        --        --        --        no        no        in        in
    members                             in        --        --        --        --        --        --        --        --        no        no        in        in
    unlisted                            in        --        --        --        --        --        --        --        --        no        no        in        in
    waiting                             in        --        --        --        --        --        --        --        --        no        no        in        in
    free                                in        --        --        --        --        --        --        --        --        no        no        in        in
    nothing                             in        --        --        --        --        --        --        --        --        no        no        in        in
POST /claim/{slug}/code
    public                              in        --        --        --        --        --        --        --        --        no        no        in        in
    orphan                              in        --        --        --        --        --        --        --        --        no        no        in        in
    members                             in        --        --        --        --        --        --        --        --        no        no        in        in
    unlisted                            in        --        --        --        --        --        --        --        --        no        no        in        in
    waiting                             in        --        --        --        --        --        --        --        --        no        no        in        in
    free                                in        --        --        --        --        --        --        --        --        no        no        in        in
    nothing                             in        --        --        --        --        --        --        --        --        no        no        in        in
GET /claim/{slug}/groups
    public                              in        --        --        --        --        --        --        --        --        no        no        in        in
    orphan                              in        --        --        --        --        --        --        --        --        no        no        in        in
    members                             in        --        --        --        --        --        --        --        --        no        no        in        in
    unlisted                            in        --        --        --        --        --        --        --        --        no        no        in        in
    waiting                             in        --        --        --        --        --        --        --        --        no        no        in        in
    free                                in        --        --        --        --        --        --        --        --        no        no        in        in
    nothing                             in        --        --        --        --        --        --        --        --        no        no        in        in
POST /claim/{slug}/ask
    public                              in        --        --        --        --        --        --        --        --        no        no        in        in
    orphan                              in        --        --        --        --        --        --        --        --        no        no        in        in
    members                             in        --        --        --        --        --        --        --        --        no        no        in        in
    unlisted                            in        --        --        --        --        --        --        --        --        no        no        in        in
    waiting                             in        --        --        --        --        --        --        --        --        no        no        in        in
    free                                in        --        --        --        --        --        --        --        --        no        no        in        in
    nothing                             in        --        --        --        --        --        --        --        --        no        no        in        in
GET /claim/{slug}/all
    public                              in        no        no        no        ok        ok        no        no        no        no        no        in        in
    orphan                              in        no        no        no        ok        no        no        no        no        no        no        in        in
    members                             in        no        no        no        ok        ok        no        --        --        --        --        in        in
    unlisted                            in        no        no        no        ok        ok        no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        ok        --        --        --        --        --        in        in
    free                                in        --        --        --        ok        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /claim/{slug}/all
    public                              in        no        no        no        --        --        no        no        no        no        no        in        in
    orphan                              in        no        no        no        --        no        no        no        no        no        no        in        in
    members                             in        no        no        no        --        --        no        --        --        --        --        in        in
    unlisted                            in        no        no        no        --        --        no        no        no        no        no        in        in
    waiting                             in        --        --        --        --        --        --        --        --        --        --        in        in
    free                                in        --        --        --        --        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
GET /claim/{slug}/invite
    public                              in        no        no        no        late      no        no        no        no        no        no        in        in
    orphan                              in        no        no        no        late      no        no        no        no        no        no        in        in
    members                             in        no        no        no        late      no        no        no        no        no        no        in        in
    unlisted                            in        no        no        no        late      no        no        no        no        no        no        in        in
    waiting                             in        no        no        no        --        no        no        no        no        no        no        in        in
    free                                in        no        no        no        ok        no        no        no        no        no        no        in        in
    nothing                             in        no        no        no        --        no        no        no        no        no        no        in        in
POST /claim/{slug}/invite
    public                              in        no        no        no        late      no        no        no        no        no        no        in        in
    orphan                              in        no        no        no        late      no        no        no        no        no        no        in        in
    members                             in        no        no        no        late      no        no        no        no        no        no        in        in
    unlisted                            in        no        no        no        late      no        no        no        no        no        no        in        in
    waiting                             in        no        no        no        --        no        no        no        no        no        no        in        in
    free                                in        no        no        no        bad       no        no        no        no        no        no        in        in
    nothing                             in        no        no        no        --        no        no        no        no        no        no        in        in
GET /claim/{slug}/letter/{token}
    public                              in        no        no        no        --        no        no        no        no        no        no        in        in
    orphan                              in        no        no        no        --        no        no        no        no        no        no        in        in
    members                             in        no        no        no        --        no        no        no        no        no        no        in        in
    unlisted                            in        no        no        no        --        no        no        no        no        no        no        in        in
    waiting                             in        no        no        no        --        no        no        no        no        no        no        in        in
    free                                in        no        no        no        --        no        no        no        no        no        no        in        in
    nothing                             in        no        no        no        --        no        no        no        no        no        no        in        in


GET /settings                           in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /settings/history                   in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /settings/restore                  in        no        no        no        go        no        no        no        no        no        no        in        in
GET /settings/name                      in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /settings/name                     in        no        no        no        go        no        no        no        no        no        no        in        in
GET /settings/colours                   in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /settings/colours                  in        no        no        no        go        no        no        no        no        no        no        in        in
GET /settings/languages                 in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /settings/languages                in        no        no        no        go        no        no        no        no        no        no        in        in
GET /settings/mail                      in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /settings/mail                     in        no        no        no        go        no        no        no        no        no        no        in        in
GET /settings/pages                     in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /settings/pages                    in        no        no        no        go        no        no        no        no        no        no        in        in
GET /first-run                          --
POST /first-run                         --
GET /first-run/name                     --
POST /first-run/name                    --
GET /first-run/colours                  --
POST /first-run/colours                 --
GET /first-run/languages                --
POST /first-run/languages               --
GET /first-run/mail                     --
POST /first-run/mail                    --
GET /first-run/you                      --
POST /first-run/you                     --
GET /first-run/second                   --
POST /first-run/second                  --
GET /first-run/open                     --
POST /first-run/open                    --
GET /group-web                          ok
GET /links.csv                          ok
GET /links.json                         ok
GET /links                              in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
POST /links/answer                      in        --        --        --        --        --        --        --        --        --        --        in        in
POST /links/end                         in        --        --        --        --        --        --        --        --        --        --        in        in
GET /introductions                      in        ok        ok        ok        ok        ok        ok        ok        ok        ok        ok        in        in
GET /introductions/{intro}              in        --        --        --        --        --        --        --        --        --        --        in        in
POST /introductions/{intro}             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /introductions/drop                in        --        --        --        --        --        --        --        --        --        --        in        in
POST /introductions/stop                in        no        no        no        no        no        no        no        no        no        no        in        in
GET /group-web/{slug}
    public                              ok
    orphan                              ok
    members                             --        ok        ok        ok        ok        ok        ok        --        --        --        --        --        --
    unlisted                            ok
    waiting                             --        --        --        --        --        ok        --        --        --        --        --        --        --
    free                                --        --        --        --        ok        --        --        --        --        --        --        --        --
    nothing                             --
GET /api/v1/links/{slug}
    public                              ok
    orphan                              ok
    members                             --        ok        ok        ok        ok        ok        ok        --        --        --        --        --        --
    unlisted                            ok
    waiting                             --        --        --        --        --        ok        --        --        --        --        --        --        --
    free                                --        --        --        --        ok        --        --        --        --        --        --        --        --
    nothing                             --
GET /links/{slug}/offer
    public                              in        no        no        ok        ok        ok        ok        no        no        no        no        in        in
    orphan                              in        no        no        ok        ok        ok        ok        no        no        no        no        in        in
    members                             in        no        no        ok        ok        ok        ok        --        --        --        --        in        in
    unlisted                            in        --        --        --        --        --        --        --        --        --        --        in        in
    waiting                             in        --        --        --        --        --        --        --        --        --        --        in        in
    free                                in        --        --        --        --        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /links/{slug}/offer
    public                              in        no        no        bad       bad       bad       bad       no        no        no        no        in        in
    orphan                              in        no        no        bad       bad       bad       bad       no        no        no        no        in        in
    members                             in        no        no        bad       bad       bad       bad       --        --        --        --        in        in
    unlisted                            in        --        --        --        --        --        --        --        --        --        --        in        in
    waiting                             in        --        --        --        --        --        --        --        --        --        --        in        in
    free                                in        --        --        --        --        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
GET /introductions/{slug}/ask
    public                              in        no        no        ok        ok        ok        ok        no        no        no        no        in        in
    orphan                              in        no        no        ok        ok        ok        ok        no        no        no        no        in        in
    members                             in        no        no        ok        ok        ok        ok        --        --        --        --        in        in
    unlisted                            in        --        --        --        --        --        --        --        --        --        --        in        in
    waiting                             in        --        --        --        --        --        --        --        --        --        --        in        in
    free                                in        --        --        --        --        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in
POST /introductions/{slug}/ask
    public                              in        no        no        bad       bad       bad       bad       no        no        no        no        in        in
    orphan                              in        no        no        bad       bad       bad       bad       no        no        no        no        in        in
    members                             in        no        no        bad       bad       bad       bad       --        --        --        --        in        in
    unlisted                            in        --        --        --        --        --        --        --        --        --        --        in        in
    waiting                             in        --        --        --        --        --        --        --        --        --        --        in        in
    free                                in        --        --        --        --        --        --        --        --        --        --        in        in
    nothing                             in        --        --        --        --        --        --        --        --        --        --        in        in

GET /group-duplicates                   in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /group-duplicates/{a}/{b}           in        no        no        no        ok        no        no        no        no        no        no        in        in
GET /group-duplicates/{a}/{b}/merge     in        no        no        no        ok        no        no        no        no        no        no        in        in
POST /group-duplicates/{a}/{b}/merge    in        no        no        no        late      no        no        no        no        no        no        in        in
POST /group-duplicates/{a}/{b}/tell     in        no        no        no        go        no        no        no        no        no        no        in        in

`

// readRights reads the table: by route, by thing ("" where the route is about
// none), what each viewer is answered.
func readRights(t *testing.T) (out map[string]map[string]map[string]string, order []string) {
	t.Helper()
	out = map[string]map[string]map[string]string{}
	row := func(words []string) map[string]string {
		if len(words) == 1 {
			words = slices.Repeat(words, len(viewers))
		}
		if len(words) != len(viewers) {
			t.Fatalf("the matrix has a row of %d answers: %v", len(words), words)
		}
		m := map[string]string{}
		for i, w := range words {
			if classes[w] == nil {
				t.Fatalf("the matrix has an answer %q", w)
			}
			m[viewers[i]] = w
		}
		return m
	}
	route := ""
	for line := range strings.Lines(rights) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || slices.Equal(words, viewers):
		case !strings.HasPrefix(line, " "):
			if route = words[0] + " " + words[1]; out[route] != nil {
				t.Fatalf("%s stands in the matrix twice", route)
			}
			order = append(order, route)
			out[route] = map[string]map[string]string{}
			if len(words) > 2 {
				out[route][""] = row(words[2:])
			}
		default:
			out[route][words[0]] = row(words[1:])
		}
	}
	return out, order
}

// street is a house with a group of each kind, and a viewer of each kind.
type street struct {
	*house
	slug map[string]string
	file map[string]string // the name of a file of its picture
	who  map[string]*webtest.Visitor

	lineID    string // of a help line that is shown
	wishID    string // of an application that waits
	someID    string // of an account
	lostID    string // of a wish to be let in that waits
	findID    string // of a wish to find out who wrote something, the moderator's
	listID    string // of a list that was looked through
	arrivalID string // of a list of people that was looked through

	strangerForm url.Values // what those who may not edit a group send: always the same
	strangerBody map[string]any
}

// persona is the first of an account's, by its address.
func (h *house) persona(email string) string {
	h.t.Helper()
	s, err := h.Members.Subject(h.t.Context(), email)
	if err != nil {
		h.t.Fatal(err)
	}
	return s.Personas[0]
}

// byLink signs somebody in by a link in a mail, as nearly everybody does.
func (h *house) byLink(email string) *webtest.Visitor {
	h.t.Helper()
	v := h.visitor()
	v.Post("/sign-in", url.Values{"email": {email}}).Is(h.t, http.StatusOK)
	h.work()
	u, err := url.Parse(h.tray.Letters()[0].Letter.Link.URL)
	if err != nil {
		h.t.Fatal(err)
	}
	if p := v.PostOnly(u.Path, nil); p.Status != http.StatusSeeOther {
		h.t.Fatalf("the link for %s: status %d", email, p.Status)
	}
	return v
}

// standing keeps somebody out of the network, as it may be later.
func (h *house) standing(email, is string) {
	h.t.Helper()
	h.exec(`UPDATE member_member SET standing = $2 WHERE email = $1`, email, is)
}

var plainSlug = regexp.MustCompile(`^[a-z0-9-]+$`)

// free are addresses of groups without organisers, which the team may edit, and
// which are not about to be put together with others, nor were, and which nobody
// asks for.
func (h *house) free(n int) []string {
	h.t.Helper()
	all, err := db.All(h.t.Context(), h.DB, db.Text, `SELECT slug FROM group_group WHERE organisers = 0 AND merged = FALSE
		AND id NOT IN (SELECT gone_id FROM group_proposal) AND id NOT IN (SELECT kept FROM record_merge)
		AND id NOT IN (SELECT group_id FROM claim_claim)
		AND slug NOT IN ('the-long-bench', 'canal-listeners') ORDER BY id`)
	if err != nil {
		h.t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(s string) bool { return !plainSlug.MatchString(s) })
	if len(all) < n {
		h.t.Fatalf("the demo has %d groups without organisers, %d are needed", len(all), n)
	}
	return all[:n]
}

// organise makes somebody an organiser of a group.
func (h *house) organise(slug, email string) {
	h.t.Helper()
	if err := h.Groups.AddOrganiser(h.t.Context(), slug, h.persona(email)); err != nil {
		h.t.Fatalf("%s: %v", slug, err)
	}
}

// change edits a group through the API as somebody who may, and gives its
// address, which may be another by then.
func (h *house) change(v *webtest.Visitor, slug string, fields map[string]any) string {
	h.t.Helper()
	body := h.body(v, slug)
	maps.Copy(body, fields)
	p := put(v, slug, body)
	p.Is(h.t, http.StatusOK)
	var out struct{ Slug string }
	if err := json.Unmarshal([]byte(p.Body), &out); err != nil {
		h.t.Fatal(err)
	}
	return out.Slug
}

// body is what an edit of a group through the API sends that changes nothing.
func (h *house) body(v *webtest.Visitor, slug string) map[string]any {
	h.t.Helper()
	p := v.Get("/api/v1/groups/"+slug).Is(h.t, http.StatusOK)
	body := map[string]any{}
	if err := json.Unmarshal([]byte(p.Body), &body); err != nil {
		h.t.Fatal(err)
	}
	for _, name := range []string{"id", "slug", "changed", "checked", "picture", "life", "farewell", "$schema"} { // what can't be sent
		delete(body, name)
	}
	return body
}

func put(v *webtest.Visitor, slug string, body map[string]any) *webtest.Page {
	v.T.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		v.T.Fatal(err)
	}
	return v.Do(http.MethodPut, "/api/v1/groups/"+slug, bytes.NewReader(b), "application/json")
}

func newStreet(h *house) *street {
	h.t.Helper()
	s := &street{house: h, slug: map[string]string{"nothing": "no-such-group-here"}, file: map[string]string{}, who: map[string]*webtest.Visitor{}}
	s.who["visitor"], s.who["other"] = h.visitor(), h.visitor().SignIn("organiser2@withus.example", "withus-organiser")
	for _, role := range []string{"member", "supporter", "moderator", "team", "organiser"} {
		s.who[role] = h.as(role)
	}
	s.who["pending"] = h.as("pending")
	for standing, email := range map[string]string{"lapsed": "person58@withus.example", "paused": "person59@withus.example", "expected": "person29@withus.example"} {
		s.who[standing] = h.byLink(email)
		h.standing(email, standing)
	}
	const gone = "person57@withus.example"
	s.who["erased"] = h.byLink(gone)
	team, organiser := s.who["team"], s.who["organiser"]
	free := h.free(len(things) - 1)
	for i, thing := range things[:len(things)-1] {
		slug := h.change(team, free[i], map[string]any{"audience": "everyone", "published": true})
		if thing != "orphan" && thing != "free" {
			h.organise(slug, "organiser@withus.example")
			h.organise(slug, gone)
		}
		switch thing {
		case "members", "unlisted":
			slug = h.change(organiser, slug, map[string]any{"audience": thing})
		case "waiting":
			slug = h.change(organiser, slug, map[string]any{"published": false})
		case "free":
			slug = h.change(team, slug, map[string]any{"published": false})
		}
		s.slug[thing] = slug
		s.file[thing] = h.picture(s.keeper(thing), slug, photo(""), "A picture of the "+thing+" one")
	}
	s.file["nothing"] = s.file["public"]
	sub, err := h.Members.Subject(h.t.Context(), gone)
	if err == nil {
		err = h.Erase(h.t.Context(), sub)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	s.who["ended"] = h.as("organiser")
	key := organiser.Get("/you").Form(h.t, "/sign-in/devices/end")
	organiser.Post("/sign-in/devices/end", key).Shows(h.t, "Ended")
	if p := s.who["ended"].Get("/you"); p.Path == "/you" {
		h.t.Fatal("a session that was ended goes on")
	}
	h.work()
	if s.lineID, err = db.One(h.t.Context(), h.DB, db.Text, `SELECT id FROM helpnow_line WHERE scope = 'public' ORDER BY id LIMIT 1`); err != nil {
		h.t.Fatal(err)
	}
	if s.wishID, err = db.One(h.t.Context(), h.DB, db.Text, `SELECT id FROM member_application WHERE state = 'waiting' AND met = 'team' ORDER BY asked, id LIMIT 1`); err != nil {
		h.t.Fatal(err)
	}
	if s.someID, err = db.One(h.t.Context(), h.DB, db.Text, `SELECT id FROM member_member WHERE email = 'person56@withus.example'`); err != nil {
		h.t.Fatal(err)
	}
	if s.lostID, err = db.One(h.t.Context(), h.DB, db.Text, `SELECT id FROM signin_lost WHERE state = 'waiting' ORDER BY asked LIMIT 1`); err != nil {
		h.t.Fatal(err)
	}
	if s.findID, err = db.One(h.t.Context(), h.DB, db.Text, `SELECT id FROM finding_wish WHERE state = 'waiting'`); err != nil {
		h.t.Fatal(err)
	}
	team.Get("/desk/joining/" + s.wishID) // that somebody looked is written down once a day
	team.Get("/desk/lost/" + s.lostID)
	team.Get("/desk/members/" + s.someID)
	team.Get("/desk/arrivals/waiting")
	s.arrivalID = s.bringPeople(team, "Email,Status\nsomebody@old.example,ok\n", url.Values{}, url.Values{})
	s.listID = s.bring(team, "name;area\nA new group;York\n")
	s.strangerForm = organiser.Get(s.at("/groups/{slug}/edit", "public")).Form(h.t, "")
	s.strangerBody = h.body(organiser, s.slug["public"])
	return s
}

// at is the address of a route about a thing.
func (s *street) at(pattern, thing string) string {
	out := strings.NewReplacer("{slug}", s.slug[thing], "{$}", "", "{key}", "voices", "{area}", "gb", "{file}", s.file[cmp.Or(thing, "public")], "{token}", strings.Repeat("A", 26), "{country}", "GB", "{id}", s.lineID, "{kind}", "member", "{purpose}", "member.counted", "{persona}", strings.Repeat("a", 36), "{import}", s.listID, "{list}", s.arrivalID, "{intro}", strings.Repeat("A", 26), "{a}", "the-long-bench", "{b}", "canal-listeners", "{page}", hiddenPage, "{lang}", "en", "{entry}", "about").Replace(pattern)
	if strings.Contains(out, "{") {
		s.t.Fatalf("nobody knows what to put into %s: say it in access_test.go", pattern)
	}
	switch pattern {
	case "/desk/joining/{id}":
		return "/desk/joining/" + s.wishID
	case "/desk/lost/{id}":
		return "/desk/lost/" + s.lostID
	case "/desk/members/{id}", "/desk/members/{id}/role", "/desk/members/{id}/role/drop":
		return strings.Replace(pattern, "{id}", s.someID, 1)
	case "/desk/finding-out/{id}":
		return "/desk/finding-out/" + s.findID
	case "/search", "/api/v1/search":
		out += "?q=kitchen"
	}
	return out
}

// form is what somebody who may would send to a route: filled in rightly where
// "go" is expected of it.
func (s *street) form(pattern, thing, viewer string) url.Values {
	f := url.Values{}
	switch pattern {
	case "/groups/{slug}/edit":
		if f = maps.Clone(s.strangerForm); s.keeps(thing, viewer) {
			f = s.who[viewer].Get(s.at(pattern, thing)).Form(s.t, "")
		}
	case "/groups/{slug}/restore":
		f.Set("revision", "1")
		f.Set("from", "1")
		if s.keeps(thing, viewer) {
			f.Set("from", fmt.Sprint(s.count(`SELECT revision FROM group_group WHERE slug = $1`, s.slug[thing])))
		}
	case "/groups/{slug}/merge":
		f = url.Values{"answer": {"yes"}, "proposal": {"none"}, "kept": {"1"}, "gone": {"1"}}
	case "/groups/{slug}/unmerge":
		f.Set("gone", "none")
	case "/group-duplicates/{a}/{b}/tell":
		f.Set("say", "two")
	case "/groups/{slug}/picture":
		f.Set("words", "Another word for it")
	case "/sign-in":
		return url.Values{"email": {viewer + "@nowhere.example"}, "password": {"not the password"}}
	case "/sign-in/link/{token}":
		return f
	case "/sign-in/password":
		f.Set("old", "not it")
		f.Set("fresh", "short")
	case "/sign-in/devices/end":
		f.Set("key", strings.Repeat("a", 64))
	case "/help/lines/new":
		f = s.who["team"].Get(pattern).Form(s.t, "")
		f.Set("country", "IE")
		f.Set("name", "A line to try")
		f.Set("number", "000 000 010")
	case "/help/lines/{id}/edit", "/help/lines/{id}/tried":
		f = s.who["team"].Get(s.at(pattern, "")).Form(s.t, "")
		if strings.HasSuffix(pattern, "tried") {
			f.Set("works", "yes")
		}
	case "/help/lines/{id}/restore":
		f = url.Values{"revision": {"1"}, "from": {fmt.Sprint(s.count(`SELECT revision FROM helpnow_line WHERE id = $1`, s.lineID))}}
	case "/group-imports/{import}/take":
		f.Set("round", "0")
	case "/group-imports/{import}/columns":
		f.Set("column-1", "none")
		f.Set("column-2", "area")
	case "/desk/arrivals/{list}/take":
		f.Set("round", "0")
	case "/arrive/{token}", "/you/arrival":
		f.Set("what", "come")
	case "/words/{key}":
	case "/desk/joining/{id}":
		f.Set("what", "welcome")
	case "/desk/lost/{id}":
		f = url.Values{"what": {"no"}, "why": {"Nobody knows them."}}
	case "/desk/members/{id}/role":
		f.Set("role", "supporter")
	case "/desk/invitations/members":
		f.Set("on", "yes")
	case "/desk/finding-out/{id}":
		f = url.Values{"what": {"disagree"}, "words": {"This is no threat."}}
	case "/desk/kinds/{kind}", "/desk/finding-out/grounds":
		f = s.who["team"].Get(s.at(pattern, "")).Form(s.t, "")
	case "/you/agreed/{purpose}":
		f.Set("yes", "yes")
	case "/you/names/{persona}":
		f.Set("name", "A name of somebody else’s")
	case "/you/agreed-not":
		f.Set("purpose", "member.counted")
	case "/settings/name", "/settings/colours", "/settings/languages", "/settings/mail", "/settings/pages":
		f = s.who["team"].Get(pattern).Form(s.t, "")
	case "/settings/restore":
		f = url.Values{"revision": {"1"}, "from": {fmt.Sprint(s.count(`SELECT revision FROM network_network`))}}
	case "/pages/new", "/pages/{page}/edit/{lang}":
		f = s.who["team"].Get(s.at(pattern, "")).Form(s.t, "")
		f.Set("title", "A page to try")
		f.Set("text", "Words to try.")
	case "/pages/{page}/restore/{lang}":
		f = url.Values{"revision": {"1"}, "from": {fmt.Sprint(s.count(`SELECT max(t.revision) FROM page_text t JOIN page_page p ON p.id = t.page_id WHERE p.slug = $1`, hiddenPage))}}
	case "/menus", "/menus/words/{entry}":
		f = s.who["team"].Get(s.at(pattern, "")).Form(s.t, "")
	case "/menus/restore":
		f = url.Values{"revision": {"1"}, "from": {fmt.Sprint(s.count(`SELECT revision FROM page_menu`))}}
	case "/old-addresses":
		f = url.Values{"list": {"/old-flyer /about"}}
	case "/old-addresses/remove":
		f = url.Values{"old": {"/urgent"}}
	case "/group-words/{key}":
		f = s.who["team"].Get(s.at(pattern, "")).Form(s.t, "")
	}
	f.Set("form_key", id.New(s.t.Context()))
	return f
}

// keeper is who may edit a group of the street.
func (s *street) keeper(thing string) *webtest.Visitor {
	if thing == "orphan" || thing == "free" {
		return s.who["team"]
	}
	return s.who["organiser"]
}

// keeps says whether a viewer may edit a group of the street. Everybody else
// sends always the same, since what was sent may come back to them.
func (s *street) keeps(thing, viewer string) bool {
	return thing != "nothing" && s.keeper(thing) == s.who[viewer]
}

// ask sends one request and follows nothing.
func (s *street) ask(method, pattern, thing, viewer string) *webtest.Page {
	s.t.Helper()
	v := s.who[viewer]
	if pattern == "/sign-out" && v.Cookies["withus"] != "" && viewer != "erased" && viewer != "ended" {
		name, password := viewer, viewer
		switch viewer {
		case "other":
			name, password = "organiser2", "organiser"
		case "lapsed", "paused", "expected":
			return s.byLink(map[string]string{"lapsed": "person58@withus.example", "paused": "person59@withus.example", "expected": "person29@withus.example"}[viewer]).PostOnly("/sign-out", s.form(pattern, thing, viewer))
		}
		v = s.visitor().SignIn(name+"@withus.example", "withus-"+password) // this one is not needed any more
	}
	delete(v.Cookies, "done") // what was said after the form before
	path := s.at(pattern, thing)
	switch method {
	case http.MethodPost:
		return v.PostOnly(path, s.form(pattern, thing, viewer))
	case http.MethodPut:
		body := s.strangerBody
		if s.keeps(thing, viewer) {
			body = s.body(v, s.slug[thing])
		}
		return put(v, s.slug[thing], body)
	}
	return v.Do(method, path, nil, "")
}

// settled is everything the database holds but what comes and goes by itself:
// limits, kept drafts, keys of forms, counters.
func (h *house) settled() string {
	h.t.Helper()
	var b strings.Builder
	all := h.dump()
	for _, table := range slices.Sorted(maps.Keys(all)) {
		if !strings.HasPrefix(table, "web_") && !strings.HasPrefix(table, "db_") {
			fmt.Fprintf(&b, "%s\n%s\n", table, strings.Join(all[table], "\n"))
		}
	}
	return b.String()
}

// The matrix: every route, every viewer, every kind of thing. What somebody may
// not do changes nothing; what they may not see is answered, to the letter and
// to the statement, as what is not there.
func TestAccessMatrix(t *testing.T) {
	want, order := readRights(t)
	each(t, func(t *testing.T, h *house) {
		has := map[string]bool{}
		for _, rt := range h.Routes {
			for _, m := range rt.Methods {
				route := m + " " + rt.Path
				has[route] = true
				if want[route] == nil {
					t.Errorf("%s: the access matrix does not say who may do this: add it to tests/access_test.go", route)
				} else if about := strings.Contains(rt.Path, "{slug}"); about != (want[route][""] == nil) || about && len(want[route]) != len(things) {
					t.Errorf("%s: the access matrix has rows for %v", route, slices.Sorted(maps.Keys(want[route])))
				}
			}
		}
		s := newStreet(h)
		for _, route := range order {
			if !has[route] {
				t.Errorf("%s stands in the access matrix and is no route any more", route)
				continue
			}
			method, pattern, _ := strings.Cut(route, " ")
			if want[route][""] != nil {
				s.row(method, pattern, "", want[route][""])
				continue
			}
			nothing := map[string]*webtest.Page{}
			for _, thing := range append([]string{"nothing"}, things[:len(things)-1]...) {
				got := s.row(method, pattern, thing, want[route][thing])
				if route == "POST /groups/{slug}/close" && thing != "nothing" {
					s.openAgain(thing)
				}
				if route == "POST /groups/{slug}/publish" && thing == "waiting" {
					s.change(s.who["organiser"], s.slug[thing], map[string]any{"published": false})
				}
				if thing == "nothing" {
					nothing = got
				}
				for viewer, p := range got {
					if want["GET /groups/{slug}"][thing][viewer] == "--" {
						s.alike(route+" of "+thing+" as "+viewer, p, nothing[viewer], s.slug[thing], s.slug["nothing"])
					}
				}
			}
		}
	})
}

// openAgain opens the curtains of a group whose organiser has just closed them:
// they wish it, and so does somebody else.
func (s *street) openAgain(thing string) {
	s.t.Helper()
	path := "/groups/" + s.slug[thing]
	v := s.who["organiser"]
	if v.Get(path).Status != http.StatusOK || s.count(`SELECT count(*) FROM group_group WHERE slug = $1 AND hidden`, s.slug[thing]) == 0 {
		return // they do not organise this one
	}
	v.Send(path, path+"/open", nil).Is(s.t, http.StatusOK)
	err := s.DB.Write(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE group_wish SET asker_persona_id = 'somebody else'`)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	v.Send(path, path+"/open", nil).Is(s.t, http.StatusOK)
	if s.count(`SELECT count(*) FROM group_group WHERE slug = $1 AND hidden`, s.slug[thing]) != 0 {
		s.t.Fatalf("%s is still hidden", thing)
	}
}

// row asks one route about one thing as every viewer: those who are refused
// first, and nothing has changed after them.
func (s *street) row(method, pattern, thing string, want map[string]string) map[string]*webtest.Page {
	s.t.Helper()
	// What a page is made of is at hand; and for each of them nobody has used up
	// a limit.
	s.who["visitor"].Get("/groups")
	got := map[string]*webtest.Page{}
	one := func(viewer string) {
		s.t.Helper()
		if err := s.DB.Write(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM web_limit`)
			return err
		}); err != nil {
			s.t.Fatal(err)
		}
		p := s.ask(method, pattern, thing, viewer)
		got[viewer] = p
		if !classes[want[viewer]](p) {
			s.t.Errorf("%s %s (%s) as %s: status %d %s, want %q\n%.300s", method, pattern, thing, viewer, p.Status, p.Header.Get("Location"), want[viewer], p.Text())
		}
	}
	before := s.settled()
	for _, viewer := range viewers {
		if want[viewer] != "go" && !(want[viewer] == "ok" && method != http.MethodGet) {
			one(viewer)
		}
	}
	if s.settled() != before {
		s.t.Errorf("%s %s (%s): somebody who was refused has changed something", method, pattern, thing)
	}
	for _, viewer := range viewers {
		if got[viewer] == nil {
			one(viewer)
		}
	}
	return got
}

var fileName = regexp.MustCompile(`[0-9a-f-]{36}-[0-9]+\.jpg`)

var formKey = regexp.MustCompile(`name="form_key" value="[^"]*"`)

// alike compares the answer about something hidden with that about nothing.
func (s *street) alike(what string, hidden, nothing *webtest.Page, slug, none string) {
	s.t.Helper()
	plain := func(p *webtest.Page, slug string) string {
		head := p.Header.Clone()
		for i, c := range head["Set-Cookie"] {
			head["Set-Cookie"][i], _, _ = strings.Cut(c, "=") // its value is chance
		}
		head.Del("Date")
		body := fileName.ReplaceAllString(formKey.ReplaceAllString(p.Body, ""), "FILE")
		return strings.ReplaceAll(fmt.Sprintf("%d %v\n%s", p.Status, head, body), slug, "SLUG")
	}
	if a, b := plain(hidden, slug), plain(nothing, none); a != b {
		s.t.Errorf("%s differs from what is not there:\n%s", what, firstDifference(a, b))
	}
	if hidden.Statements != nothing.Statements {
		s.t.Errorf("%s takes %d statements, what is not there %d", what, hidden.Statements, nothing.Statements)
	}
}

func firstDifference(a, b string) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	from := max(0, i-60)
	return fmt.Sprintf("…%.160q\n…%.160q", a[from:], b[from:])
}

// Forms and JSON that are wrong, or name what is not there, say no more of what
// somebody may not see than right ones do.
func TestWrongFormsOfStrangers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := newStreet(h)
		before := s.settled()
		good, body := s.strangerForm, s.strangerBody
		with := func(of url.Values, name, value string) url.Values {
			f := maps.Clone(of)
			f.Set("form_key", id.New(t.Context()))
			if f.Set(name, value); value == "" {
				f.Del(name)
			}
			return f
		}
		ways := map[string]func(v *webtest.Visitor, slug string) *webtest.Page{}
		for name, value := range map[string]string{"name": "", "revision": "x", "audience": "all", "languages": "Klingonese", "email": "@"} {
			ways["edit with the "+name+" "+value] = func(v *webtest.Visitor, slug string) *webtest.Page {
				return v.PostOnly("/groups/"+slug+"/edit", with(good, name, value))
			}
			ways["PUT with the "+name+" "+value] = func(v *webtest.Visitor, slug string) *webtest.Page {
				b := maps.Clone(body)
				if b[name] = value; value == "" {
					delete(b, name)
				}
				return put(v, slug, b)
			}
		}
		for _, n := range []string{"0", "-1", "x", "", "99999999999999999999"} {
			ways["go back to "+n] = func(v *webtest.Visitor, slug string) *webtest.Page {
				return v.PostOnly("/groups/"+slug+"/restore", with(url.Values{}, "revision", n))
			}
			ways["history before "+n] = func(v *webtest.Visitor, slug string) *webtest.Page {
				return v.Do(http.MethodGet, "/groups/"+slug+"/history?before="+n, nil, "")
			}
		}
		for what, way := range ways {
			for _, viewer := range viewers {
				nothing := way(s.who[viewer], s.slug["nothing"])
				for _, thing := range []string{"members", "waiting", "free"} {
					if s.who[viewer].Do(http.MethodGet, "/groups/"+s.slug[thing], nil, "").Status == http.StatusNotFound {
						s.alike(what+" of "+thing+" as "+viewer, way(s.who[viewer], s.slug[thing]), nothing, s.slug[thing], s.slug["nothing"])
					}
				}
			}
		}
		if s.settled() != before {
			t.Error("a form that was wrong has changed something")
		}
	})
}

// Methods nobody serves are refused alike, whether there is something or not.
func TestOtherMethods(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := newStreet(h)
		before := s.settled()
		for _, rt := range h.Routes {
			for _, m := range []string{"POST", "PUT", "PATCH", "DELETE"} {
				if slices.ContainsFunc(h.Routes, func(o web.Route) bool { return o.Path == rt.Path && slices.Contains(o.Methods, m) }) {
					continue
				}
				for _, thing := range []string{"public", "waiting", "nothing"} {
					if p := s.who["organiser"].Do(m, s.at(rt.Path, thing), nil, ""); p.Status != http.StatusMethodNotAllowed {
						t.Errorf("%s %s (%s): status %d", m, rt.Path, thing, p.Status)
					}
				}
			}
		}
		if s.settled() != before {
			t.Error("a method nobody serves has changed something")
		}
	})
}

// greedy are fields somebody might add to a form or to JSON to become more than
// they are.
var greedy = []string{"role", "owner_id", "owner", "id", "ID", "slug", "Slug", "organisers", "organiser", "scope", "member", "member_id", "persona", "persona_id", "author", "is_admin", "changed", "email_verified", "proven"}

// Unknown and extra fields are refused everywhere, also from those who may, and
// nothing of the rest is done.
func TestExtraFields(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		s := newStreet(h)
		before := s.settled()
		for _, rt := range h.Routes {
			if !slices.Contains(rt.Methods, http.MethodPost) || strings.HasPrefix(rt.Path, "/api/") || strings.HasPrefix(rt.Path, "/first-run") {
				continue // the first run is over here: see TestFirstRun
			}
			by, thing := "organiser", ""
			if strings.Contains(rt.Path, "{slug}") {
				thing = "public"
			} else if len(rt.Permission.Relation) == 0 && !slices.Contains(rt.Permission.Roles, access.Member) {
				by = "team"
			}
			for _, field := range greedy {
				f := s.form(rt.Path, thing, by)
				if f.Has(field) || slices.Contains(rt.Form.Fields, field) {
					continue
				}
				f.Set(field, "team")
				if p := s.who[by].PostOnly(s.at(rt.Path, thing), f); p.Status != http.StatusUnprocessableEntity {
					t.Errorf("POST %s with a field %q: status %d", rt.Path, field, p.Status)
				}
			}
		}
		for _, field := range greedy {
			for _, thing := range []string{"public", "members"} {
				body := s.body(s.who["organiser"], s.slug[thing])
				body[field] = "team"
				if p := put(s.who["organiser"], s.slug[thing], body); p.Status != http.StatusUnprocessableEntity {
					t.Errorf("PUT with a field %q: status %d", field, p.Status)
				}
			}
			if field == strings.ToLower(field) {
				for _, path := range []string{"/api/v1/groups", "/api/v1/groups/" + s.slug["public"], "/api/v1/search?q=a"} {
					sep := map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]
					if p := s.who["organiser"].Get(path + sep + field + "=team"); p.Status != http.StatusUnprocessableEntity {
						t.Errorf("GET %s with a parameter %q: status %d", path, field, p.Status)
					}
				}
			}
		}
		body := s.body(s.who["organiser"], s.slug["public"])
		body["registers"] = []map[string]any{{"scheme": "GB-CHC", "id": "1", "role": "team"}}
		if p := put(s.who["organiser"], s.slug["public"], body); p.Status != http.StatusUnprocessableEntity {
			t.Errorf("PUT with a field too many inside a list: status %d", p.Status)
		}
		if s.settled() != before {
			t.Error("a form with a field too many has changed something")
		}
	})
}

// Nobody leaves a group without an organiser, or the network without a team,
// by mistake: not by two leaving at once either.
func TestTheLast(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		one, two := h.as("organiser"), h.visitor().SignIn("organiser2@withus.example", "withus-organiser")
		const page = "/groups/open-door-collective"
		for range 3 {
			h.organise("open-door-collective", "organiser@withus.example")
			h.organise("open-door-collective", "organiser2@withus.example")
			var wait sync.WaitGroup
			var pages [2]*webtest.Page
			for i, v := range []*webtest.Visitor{one, two} {
				form := v.Get(page+"/edit").Form(t, page+"/step-down")
				wait.Go(func() { pages[i] = v.PostOnly(page+"/step-down", form) })
			}
			wait.Wait()
			a, b := pages[0].Status, pages[1].Status
			if a == b || a+b != http.StatusSeeOther+http.StatusConflict {
				t.Fatalf("two organisers leave at once: %d and %d", a, b)
			}
			if n := h.count(`SELECT count(*) FROM access_grant g JOIN group_group x ON x.id = g.scope WHERE x.slug = $1`, "open-door-collective"); n != 1 {
				t.Fatalf("%d organisers are left", n)
			}
			if n := h.count(`SELECT organisers FROM group_group WHERE slug = $1`, "open-door-collective"); n != 1 {
				t.Fatalf("%d organisers are counted", n)
			}
		}

		emails := []string{"team@withus.example", "team2@withus.example"}
		var wait sync.WaitGroup
		errs := make([]error, 2)
		for i, email := range emails {
			wait.Go(func() { errs[i] = h.Members.SetRole(ctx, email, access.Member) })
		}
		wait.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !fault.Is(errs[0], fault.Conflict) && !fault.Is(errs[1], fault.Conflict) {
			t.Fatalf("the last two of the team give it up at once: %v and %v", errs[0], errs[1])
		}
		last := emails[0]
		if errs[0] == nil {
			last = emails[1]
		}
		if err := h.Members.SetRole(ctx, last, access.Moderator); !fault.Is(err, fault.Conflict) {
			t.Errorf("the last of the team is made a moderator: %v", err)
		}
		before := h.settled()
		sub, err := h.Members.Subject(ctx, last)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Erase(ctx, sub); !fault.Is(err, fault.Conflict) {
			t.Errorf("the last of the team is erased: %v", err)
		}
		if h.settled() != before {
			t.Error("erasing the last of the team was refused, and changed something")
		}
		if n := h.count(`SELECT count(*) FROM member_member WHERE role = $1`, "team"); n != 1 {
			t.Errorf("the team is %d", n)
		}
		h.visitor().SignIn(last, "withus-team").Get("/words").Is(t, http.StatusOK)
	})
}

func (h *house) count(query string, args ...any) (n int) {
	h.t.Helper()
	if err := h.DB.QueryRow(h.t.Context(), query, args...).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// Who is no organiser any more has lost it by the next request, on every device
// and with every form that was open.
func TestNoLongerAnOrganiser(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const slug, page = "open-door-collective", "/groups/open-door-collective"
		here, there := h.as("organiser"), h.as("organiser")
		waiting := h.change(here, "tidewater-peer-group", map[string]any{"published": false})
		open := there.Get(page+"/edit").Form(t, "")
		body := h.body(there, slug)
		there.Get(page+"/history").Is(t, http.StatusOK)
		there.Get("/you").Shows(t, "Open Door Collective", "Tidewater Peer Group")
		for _, s := range []string{slug, waiting} {
			here.Send("/groups/"+s+"/edit", "/groups/"+s+"/step-down", nil).Is(t, http.StatusOK)
		}
		before := h.settled()
		for _, v := range []*webtest.Visitor{here, there} {
			for _, path := range []string{"/edit", "/history"} {
				if p := v.Get(page + path); p.Status != http.StatusForbidden {
					t.Errorf("%s: status %d", path, p.Status)
				}
				v.Get("/groups/"+waiting+path).Is(t, http.StatusNotFound)
			}
			v.Get("/groups/"+waiting).Is(t, http.StatusNotFound)
			v.Get("/api/v1/groups/"+waiting).Is(t, http.StatusNotFound)
			v.Get("/you").Hides(t, "Open Door Collective", "Tidewater Peer Group", slug, waiting)
			v.Get(page).Is(t, http.StatusOK).Hides(t, page+"/edit", page+"/history")
			v.PostOnly(page+"/edit", open).Is(t, http.StatusForbidden)
			put(v, slug, body).Is(t, http.StatusForbidden)
			v.PostOnly(page+"/restore", url.Values{"form_key": {id.New(t.Context())}, "revision": {"1"}, "from": {"1"}}).Is(t, http.StatusForbidden)
			v.PostOnly(page+"/step-down", url.Values{"form_key": {id.New(t.Context())}}).Is(t, http.StatusForbidden)
		}
		if h.settled() != before {
			t.Error("somebody who was an organiser has changed something")
		}
	})
}
