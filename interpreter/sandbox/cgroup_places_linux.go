//go:build linux && (amd64 || arm64)

package sandbox

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// places are the folders in which groups can be made.
type places struct {
	version           int
	memory, pids, cpu string // with version 2 all the same; cpu may be ""
}

// cgroupPlaces finds where this process may make groups.
func cgroupPlaces() (places, error) {
	mounts, err := cgroupMounts()
	if err != nil {
		return places{}, err
	}
	own, err := ownCgroups()
	if err != nil {
		return places{}, err
	}
	return choosePlaces(mounts, own)
}

// choosePlaces chooses among the mounts of controllers, by the process's own groups: with
// version 2 beside its own group or below it, where the parent hands on the controllers (as
// in a systemd user session); with version 1 below its own group of each controller.
func choosePlaces(mounts, own map[string]string) (places, error) {
	if mount := mounts[""]; mount != "" {
		at := filepath.Join(mount, own[""])
		for _, parent := range []string{filepath.Dir(at), at} {
			if strings.HasPrefix(parent, mount) && handsOn(parent) {
				return places{2, parent, parent, parent}, nil
			}
		}
	}
	if mounts["memory"] == "" || mounts["pids"] == "" {
		return places{}, errors.New("no memory and pids controllers that are handed on to this process")
	}
	p := places{version: 1, memory: filepath.Join(mounts["memory"], own["memory"]), pids: filepath.Join(mounts["pids"], own["pids"])}
	if mounts["cpuacct"] != "" {
		p.cpu = filepath.Join(mounts["cpuacct"], own["cpuacct"])
	}
	return p, nil
}

// handsOn says whether groups below a folder of version 2 get the controllers, and may be
// made by us.
func handsOn(parent string) bool {
	text, err := os.ReadFile(filepath.Join(parent, "cgroup.subtree_control"))
	if err != nil {
		return false
	}
	controllers := strings.Fields(string(text))
	return slices.Contains(controllers, "memory") && slices.Contains(controllers, "pids")
}

// cgroupMounts maps a controller, "" for version 2, to where it is mounted.
func cgroupMounts() (map[string]string, error) {
	f, err := os.Open("/proc/self/mounts")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	mounts := map[string]string{}
	scanner := bufio.NewScanner(f)
	for scanner.Scan() {
		fields := strings.Fields(scanner.Text()) // device, folder, type, options
		if len(fields) < 4 {
			continue
		}
		switch fields[2] {
		case "cgroup2":
			mounts[""] = fields[1]
		case "cgroup":
			for option := range strings.SplitSeq(fields[3], ",") {
				mounts[option] = fields[1]
			}
		}
	}
	return mounts, scanner.Err()
}

// ownCgroups maps a controller to the group of this process.
func ownCgroups() (map[string]string, error) {
	f, err := os.Open("/proc/self/cgroup")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	own := map[string]string{}
	scanner := bufio.NewScanner(f)
	for scanner.Scan() {
		fields := strings.SplitN(scanner.Text(), ":", 3) // number, controllers, group
		if len(fields) == 3 {
			for controller := range strings.SplitSeq(fields[1], ",") {
				own[controller] = fields[2]
			}
		}
	}
	return own, scanner.Err()
}
