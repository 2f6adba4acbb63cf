package web

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Proxies are the peers whose word on a client's address is taken.
type Proxies []netip.Prefix

// ParseProxies reads addresses and networks (CIDR).
func ParseProxies(texts []string) (Proxies, error) {
	var all Proxies
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if addr, alone := netip.ParseAddr(text); alone == nil {
			prefix, err = addr.Unmap().WithZone("").Prefix(addr.Unmap().BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("web: %q is neither an address nor a network", text)
		}
		all = append(all, prefix)
	}
	return all, nil
}

func (p Proxies) trust(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(prefix netip.Prefix) bool { return prefix.Contains(a) })
}

// client finds who spoke first: going back from the peer, the first address that is no trusted proxy. Each proxy adds
// the address it was spoken to from at the end, so what stands further to the front was written by the client and is
// not believed.
func (p Proxies) client(peer netip.Addr, forwarded []string) netip.Addr {
	if len(p) == 0 {
		return peer
	}
	hops := strings.Split(strings.Join(forwarded, ","), ",")
	for i := len(hops) - 1; i >= 0 && p.trust(peer); i-- {
		hop, ok := parseHop(strings.TrimSpace(hops[i]))
		if !ok {
			break
		}
		peer = hop
	}
	return peer
}

// parseHop reads an address as proxies write it, some with a port.
func parseHop(text string) (netip.Addr, bool) {
	if a, err := netip.ParseAddr(text); err == nil {
		return a.Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddrPort(text)
	return a.Addr().Unmap().WithZone(""), err == nil
}

// Address is the network address of the client, for throttling: the peer's own, or what trusted proxies say of it.
func Address(c *fiber.Ctx) string {
	peer, ok := netip.AddrFromSlice(c.Context().RemoteIP())
	if !ok {
		return ""
	}
	proxies, _ := c.Locals(proxiesKey).(Proxies)
	var forwarded []string
	for _, value := range c.Request().Header.PeekAll(fiber.HeaderXForwardedFor) {
		forwarded = append(forwarded, string(value))
	}
	return proxies.client(peer.Unmap(), forwarded).String()
}
