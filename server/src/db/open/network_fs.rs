//! Network file systems, on which SQLite's locks and shared memory do not work. Source: <https://sqlite.org/wal.html>
//! ("All processes using a database must be on the same host computer").

use std::path::Path;

const REMOTE: [&str; 15] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "afs",
    "ceph",
    "lustre",
    "glusterfs",
    "beegfs",
    "fuse.glusterfs",
    "fuse.ceph",
    "fuse.sshfs",
    "fuse.s3fs",
    "fuse.rclone",
];

/// `None` for a local file, or if the system does not tell.
pub(crate) fn kind_under(file: &Path) -> Option<String> {
    // Only Linux has this file.
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    kind_among(&mounts, file).filter(|kind| REMOTE.contains(&kind.as_str()))
}

/// The type of the innermost mount that holds a file. Source: `man 5 proc_pid_mountinfo`.
fn kind_among(mounts: &str, file: &Path) -> Option<String> {
    let mount = |line: &str| {
        let (place, kind) = line.split_once(" - ")?;
        let point = place.split(' ').nth(4)?.replace("\\040", " ");
        let depth = file.starts_with(&point).then(|| Path::new(&point).components().count())?;
        Some((depth, kind.split(' ').next()?.to_owned()))
    };
    // Of two mounts on the same point, the later one covers the earlier.
    mounts.lines().filter_map(mount).max_by_key(|(depth, _)| *depth).map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:40 / /srv rw shared:9 - nfs4 box:/export rw,vers=4.2
31 30 254:1 / /srv/local rw - xfs /dev/vdb rw
32 22 0:41 / /mnt/a\\040share rw - cifs //box/share rw
33 22 0:42 / /over rw - ext4 /dev/vdc rw
34 33 0:43 / /over rw - nfs box:/o rw
";

    #[test]
    fn the_innermost_mount_decides() {
        for (file, kind) in [
            ("/var/lib/tableside.db", "ext4"),
            ("/srv/tableside.db", "nfs4"),
            ("/srv/local/tableside.db", "xfs"),
            ("/srvother/tableside.db", "ext4"),
            ("/mnt/a share/tableside.db", "cifs"),
            ("/over/tableside.db", "nfs"),
        ] {
            assert_eq!(kind_among(MOUNTS, Path::new(file)).as_deref(), Some(kind), "{file}");
        }
    }
}
