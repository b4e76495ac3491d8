package hub

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

const maxHops = 10

// getter asks one link for ranges. It follows redirects itself, since three things
// depend on the host: the token goes to the link's own host only; only that host is
// believed about the file's sha256; and a public host must not lead to an address of
// this machine or its network.
type getter struct {
	hub     *Hub
	link    string
	token   string
	plain   *http.Client
	guarded *http.Client // dials public addresses only, and no proxy
}

func newGetter(h *Hub, link, token string) *getter {
	guard := &net.Dialer{Timeout: h.reach, Control: func(_, address string, _ syscall.RawConn) error {
		if addr, err := netip.ParseAddrPort(address); err != nil || !public(addr.Addr()) {
			return fmt.Errorf("a public host leads to the address %s of a private network", address)
		}
		return nil
	}}
	return &getter{hub: h, link: link, token: token, plain: h.client(h.dial, http.ProxyFromEnvironment), guarded: h.client(guard.DialContext, nil)}
}

func (g *getter) close() {
	g.plain.CloseIdleConnections()
	g.guarded.CloseIdleConnections()
}

// get asks for a range. The headers must come within wait, and then a byte of the body
// every hub.stall. stop ends the request; it may be called twice.
func (g *getter) get(ctx context.Context, wait time.Duration, byteRange, validator string) (a *answer, stop func(), err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	watch := time.AfterFunc(wait, func() { cancel(errSlow) })
	resp, linked, err := g.follow(ctx, byteRange, validator)
	watch.Stop()
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		cancel(nil)
		return nil, nil, err
	}
	stop = func() {
		watch.Stop()
		cancel(nil)
		_ = resp.Body.Close()
	}
	return &answer{Response: resp, linked: linked, left: max(resp.ContentLength, 0), stall: g.hub.stall, watch: watch}, stop, nil
}

// follow sends the request and goes where it is sent.
func (g *getter) follow(ctx context.Context, byteRange, validator string) (resp *http.Response, linked string, err error) {
	first, err := url.Parse(g.link)
	if err != nil {
		return nil, "", err
	}
	inside := loopback(first.Hostname()) // the link's own host is no public one
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if addr, err := netip.ParseAddrPort(info.Conn.RemoteAddr().String()); err == nil && !public(addr.Addr()) {
			inside = true
		}
	}}
	at := first
	for hop := range maxHops + 1 {
		own := at.Host == first.Host && at.Scheme == first.Scheme
		traced := ctx
		if hop == 0 {
			traced = httptrace.WithClientTrace(ctx, trace)
		}
		req, err := http.NewRequestWithContext(traced, http.MethodGet, at.String(), nil)
		if err != nil {
			return nil, "", err
		}
		req.Header.Set("User-Agent", "qwen-agent")
		req.Header.Set("Accept-Encoding", "identity")
		req.Header.Set("Range", byteRange)
		if validator != "" {
			req.Header.Set("If-Range", validator)
		}
		if own && g.token != "" {
			req.Header.Set("Authorization", "Bearer "+g.token)
		}
		client := g.plain
		if proxy, err := http.ProxyFromEnvironment(req); !own && !inside && proxy == nil && err == nil {
			client = g.guarded
		}
		resp, err := client.Do(req)
		if err != nil {
			return nil, "", short(err)
		}
		if own {
			if sum, err := ParseSHA256(strings.Trim(resp.Header.Get("X-Linked-Etag"), `"`)); err == nil {
				linked = sum
			}
		}
		if resp.StatusCode < 300 || resp.StatusCode > 399 || resp.Header.Get("Location") == "" {
			return resp, linked, nil
		}
		next, err := at.Parse(resp.Header.Get("Location"))
		_ = resp.Body.Close()
		if err != nil {
			return nil, "", fmt.Errorf("redirect: %w", err)
		}
		if next.Scheme != "https" && (next.Scheme != "http" || first.Scheme != "http") || next.User != nil {
			return nil, "", fmt.Errorf("redirect to %s://%s, wanted https and no user", next.Scheme, next.Host)
		}
		at = next
	}
	return nil, "", fmt.Errorf("more than %d redirects", maxHops)
}

// short leaves out the URL of an error, which may carry a signature.
func short(err error) error {
	if e := (*url.Error)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}

// reserved are the ranges that are not public beside those that netip knows.
// Source: IANA special-purpose address registries.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"),
}

// public reports whether addr is an address of the public internet.
func public(addr netip.Addr) bool {
	addr = addr.Unmap()
	if !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return false
	}
	for _, p := range reserved {
		if p.Contains(addr) {
			return false
		}
	}
	return true
}
