//! libgit2 by its declarations: id and summary of the last ten commits of a repository.

use std::io::Write;

use anyhow::{Context, ensure};
use ffi::{Argument, Declarations, Library, Value};

const GIT: &str = "
    typedef struct { unsigned char id[20]; } git_oid; int git_libgit2_init(void);
    int git_repository_open(struct git_repository **out, const char *path);
    int git_revwalk_new(struct git_revwalk **out, struct git_repository *repository);
    int git_revwalk_push_head(struct git_revwalk *walk);
    int git_revwalk_next(git_oid *out, struct git_revwalk *walk);
    int git_commit_lookup(struct git_commit **out, struct git_repository *repository, const git_oid *id);
    const char *git_commit_summary(struct git_commit *commit); char *git_oid_tostr_s(const git_oid *id);";

fn main() -> std::process::ExitCode {
    examples::run("libgit2", |out| {
        let path = std::env::args().nth(1).unwrap_or_else(|| ".".into());
        // SAFETY: libgit2's initialisers do nothing that could go wrong.
        let library = unsafe { Library::find("git2") }.context("libgit2 is not installed")?;
        let git = library.bind(&Declarations::parse(GIT)?);
        let [mut repo, mut walk, mut id, mut commit] = [const { Value::Void }; 4];
        // SAFETY: the declarations are libgit2's, and so is every pointer; nothing is freed before the process ends.
        unsafe {
            git.call("git_libgit2_init", ())?;
            let opened = git.call("git_repository_open", (&mut repo, path.as_str()))?;
            ensure!(opened == Value::I32(0), "{path} is no repository that libgit2 can open");
            git.call("git_revwalk_new", (&mut walk, &repo))?;
            git.call("git_revwalk_push_head", (&walk,))?;
            let mut left = 10;
            while left > 0 && git.call("git_revwalk_next", (&mut id, &walk))? == Value::I32(0) {
                git.call("git_commit_lookup", (&mut commit, &repo, Argument::reference(&id)))?;
                let shown = git.call("git_oid_tostr_s", (Argument::reference(&id),))?.text(41)?;
                let summary = git.call("git_commit_summary", (&commit,))?.text(1000)?;
                writeln!(out, "{} {}", shown.unwrap_or_default(), summary.unwrap_or_default())?;
                left -= 1;
            }
        }
        Ok(())
    })
}
