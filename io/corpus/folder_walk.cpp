#include <algorithm>
#include <cerrno>
#include <deque>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include "io/corpus/folder_tree.hpp"
#include "io/corpus/system_files.hpp"
#include "io/file/data_error.hpp"
#include "io/file/lower_case.hpp"

namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_named = 3;

template <class Visit>
void for_each_entry(const fs::path& folder, const Visit& visit) {
    std::error_code error;
    for (fs::directory_iterator each{folder, error}, end; !error && each != end; each.increment(error)) {
        visit(*each);
    }
    if (error) {
        throw DataError{folder, "cannot be listed: " + error.message()};
    }
}

template <class Names>
std::string first_of(const Names& names) {
    std::vector<std::string> shown;
    for (auto each = names.begin(); each != names.end() && shown.size() < most_named; ++each) {
        shown.push_back(*each);
    }
    return fmt::format("{}{}", fmt::join(shown, ", "), names.size() > most_named ? ", ..." : "");
}

/// One walk through a folder. Links are followed last, so that a folder that is also reachable without a link
/// is named by its own place.
class Walk {
public:
    Walk(const std::vector<std::string>& extensions, std::size_t depth)
        : extensions_{extensions}, depth_{depth} {}

    FolderTree run(const fs::path& root) {
        open_.push_back({root, "", 0});
        list_open();
        if (!links_.empty()) {
            remember_entered(root);
        }
        while (!links_.empty()) {
            auto links = std::exchange(links_, {});
            std::ranges::sort(links, naturally_less, &Folder::name);
            for (const auto& link : links) {
                add(link);
                list_open();
            }
        }
        std::ranges::sort(tree_.files, naturally_less, &TreeFile::name);
        std::ranges::sort(tree_.folders, naturally_less, &TreeFile::name);
        std::ranges::sort(broken_, naturally_less, &LeftOut::clip);
        return std::move(tree_);
    }

    void report(Listing& listing) const {
        if (!unread_.empty()) {
            listing.notes.push_back(
                fmt::format("{} not read: {}: {}",
                            unread_.size() == 1 ? "1 file is" : fmt::format("{} files are", unread_.size()),
                            first_of(unread_), conversion_of(*unread_.begin())));
        }
        if (skipped_ > 0) {
            listing.notes.push_back(fmt::format("{} hidden or system {} skipped: {}", skipped_,
                                                skipped_ == 1 ? "file or folder is" : "files or folders are",
                                                first_of(skipped_names_)));
        }
        if (!repeated_.empty()) {
            listing.notes.push_back(fmt::format(
                "{} to a parent folder, or to one that is imported anyway: not followed: {}",
                repeated_.size() == 1 ? "1 link leads" : fmt::format("{} links lead", repeated_.size()),
                first_of(repeated_)));
        }
        listing.left_out.insert(listing.left_out.end(), broken_.begin(), broken_.end());
    }

private:
    struct Folder {
        fs::path path;
        std::string name;
        std::size_t depth;  ///< below the root
    };
    using Identity = std::pair<dev_t, ino_t>;

    void list_open() {
        while (!open_.empty()) {
            const auto folder = std::move(open_.front());
            open_.pop_front();
            try {
                for_each_entry(folder.path,
                               [&](const fs::directory_entry& entry) { sort_in(entry, folder); });
            } catch (const DataError& error) {
                if (folder.name.empty()) {
                    throw;
                }
                broken_.push_back({.clip = folder.name, .reason = error.what()});
            }
        }
    }

    void sort_in(const fs::directory_entry& entry, const Folder& parent) {
        const auto own = entry.path().filename().string();
        if (is_system_file(own)) {
            ++skipped_;
            skipped_names_.insert(own);
            return;
        }
        auto name = parent.name.empty() ? own : parent.name + "/" + own;
        std::error_code error;
        const bool is_link = entry.is_symlink(error);
        const bool is_folder = entry.is_directory(error);
        const bool fits = has_extension(entry.path());
        if (is_folder) {
            Folder found{entry.path(), std::move(name), parent.depth + 1};
            if (is_link) {
                links_.push_back(std::move(found));
            } else {
                add(found);
            }
        } else if (fits) {
            tree_.files.push_back({entry.path(), fs::path{name}.replace_extension().generic_string()});
        } else if (is_link && !entry.exists(error)) {
            leave_out(entry.path(), name);
        } else if (!conversion_of(entry.path()).empty()) {
            unread_.insert(name);
        }
    }

    void add(const Folder& folder) {
        if (knows_entered_ && !is_new(folder.path)) {
            repeated_.insert(folder.name);
            return;
        }
        tree_.folders.push_back({folder.path, folder.name});
        if (folder.depth < depth_) {
            open_.push_back(folder);
        }
    }

    /// Records the folders entered so far. Only needed for links: stat() is slow on some file systems.
    void remember_entered(const fs::path& root) {
        knows_entered_ = true;
        for (auto above = fs::canonical(root); above.has_relative_path(); above = above.parent_path()) {
            is_new(above);
        }
        is_new("/");
        for (const auto& folder : tree_.folders) {
            is_new(folder.path);
        }
    }

    /// Whether a folder has not been entered before. If stat() fails, listing it fails, too, and is reported.
    bool is_new(const fs::path& path) {
        struct stat status {};
        return ::stat(path.c_str(), &status) != 0 || entered_.insert({status.st_dev, status.st_ino}).second;
    }

    void leave_out(const fs::path& path, const std::string& name) {
        std::error_code error;
        const auto target = fs::read_symlink(path, error);
        broken_.push_back(
            {.clip = name,
             .reason = fmt::format(
                 "{}: expected a file or folder, found a broken link to {}: is the target's disk mounted?",
                 path.string(), target.string())});
    }

    bool has_extension(const fs::path& path) const {
        return std::ranges::find(extensions_, lower_case(path.extension().string())) != extensions_.end();
    }

    const std::vector<std::string>& extensions_;
    std::size_t depth_;
    FolderTree tree_;
    std::deque<Folder> open_;    ///< folders yet to be listed
    std::vector<Folder> links_;  ///< links yet to be followed
    std::set<Identity> entered_;
    bool knows_entered_ = false;
    std::size_t skipped_ = 0;
    std::set<std::string> skipped_names_;
    std::set<std::string> unread_;  ///< files that must be converted first
    std::set<std::string> repeated_;
    std::vector<LeftOut> broken_;  ///< links that lead nowhere, folders that cannot be listed
};

}  // namespace

FolderTree walk_folder(const fs::path& folder, const std::vector<std::string>& extensions, Listing& listing,
                       std::size_t depth) {
    Walk walk{extensions, depth};
    auto tree = walk.run(folder);
    walk.report(listing);
    return tree;
}

bool has_entry(const fs::path& path) {
    std::error_code error;
    return fs::exists(fs::symlink_status(path, error));
}

std::vector<std::string> files_in(const fs::path& folder, const std::string& extension, bool* has_skipped) {
    std::vector<std::string> names;
    for_each_entry(folder, [&](const fs::directory_entry& each) {
        if (lower_case(each.path().extension().string()) != extension || each.is_directory()) {
            return;
        }
        if (const auto name = each.path().filename().string(); !is_system_file(name)) {
            names.push_back(name);
        } else if (has_skipped != nullptr) {
            *has_skipped = true;
        }
    });
    std::ranges::sort(names, naturally_less);
    return names;
}

}  // namespace sslslr::io
