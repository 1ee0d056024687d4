//! The headers: packages of Debian, and of each the headers that a program includes, as `corpus.txt` lists them.

/// Headers of one package.
#[derive(Debug)]
pub(super) struct Package {
    /// Debian's name for it.
    pub(super) name: String,
    /// What pkg-config is asked for the options of, and options of the compiler, which begin with a dash.
    pub(super) needs: String,
    /// The headers, as the list writes them.
    pub(super) headers: String,
}

/// All packages, and the names of the units that a change is checked with.
pub(super) fn read() -> (Vec<Package>, Vec<String>) {
    let (mut packages, mut few) = (Vec::new(), Vec::new());
    let text = include_str!("corpus.txt").replace("\r\n", "\n").replace("\n    ", " ");
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut columns = line.split('|').map(|column| column.trim().to_owned());
        let [name, needs, headers] = [(); 3].map(|()| columns.next().unwrap_or_default());
        match name.as_str() {
            "few" => few.push(format!("{needs} {headers}")),
            _ => packages.push(Package { name, needs, headers }),
        }
    }
    (packages, few)
}
