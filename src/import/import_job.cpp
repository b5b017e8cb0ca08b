#include "src/import/import_job.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <optional>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include "io/checksum.hpp"
#include "io/data_error.hpp"
#include "io/import/files_ahead.hpp"
#include "io/import/folder_tree.hpp"
#include "io/import/point_order.hpp"
#include "src/errors.hpp"
#include "src/import/import_pieces.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

/// Changes when pieces of an earlier release no longer hold what this one would write.
constexpr int pieces_version = 1;
constexpr double largest_fps = 1000;

/// Hash of everything that decides what the pieces hold.
std::string key_of(const io::Listing& listing, const ImportConfig& config) {
    io::Checksum sum;
    const auto add = [&](const std::string& text) {
        const auto length = static_cast<std::uint64_t>(text.size());
        sum.add(std::as_bytes(std::span{&length, 1}));
        sum.add(std::as_bytes(std::span{text}));
    };
    for (const auto& clip : listing.clips) {
        add(clip.name);
        add(fmt::format("{} {} {}", clip.fps, clip.first_frame, clip.end_frame));
    }
    add(config.settings);
    return fmt::format("{} {:016x} {} {} {} {}", pieces_version, sum.value(), config.coordinates,
                       config.layout.is_float16 ? "float16" : "float32", config.fps, config.clips_per_piece);
}

/// The stretch of a clip that the metadata say is the sign.
void cut(io::ImportedClip& clip, const io::ListedClip& listed) {
    const auto frames = clip.frames();
    const auto first = listed.first_frame;
    const auto end = listed.end_frame < 0 ? frames : std::min(listed.end_frame, frames);
    if (first == 0 && end == frames) {
        return;
    }
    if (first >= end) {
        clip.repairs.emplace_back("metadata name none of the frames: kept whole");
        return;
    }
    clip.repairs.emplace_back("cut to the frames that metadata name");
    const auto width = static_cast<std::int64_t>(io::import_frame_values);
    clip.landmarks.erase(clip.landmarks.begin() + end * width, clip.landmarks.end());
    clip.landmarks.erase(clip.landmarks.begin(), clip.landmarks.begin() + first * width);
}

bool is_rate(double fps) {
    return fps > 0 && fps <= largest_fps;
}

class Reading {
public:
    Reading(io::Corpus& corpus, const ImportConfig& config, const ImportPieces& pieces,
            const dist::Communicator& ranks, const ImportHooks& hooks)
        : corpus_{corpus}, config_{config}, pieces_{pieces}, ranks_{ranks}, hooks_{hooks} {}

    /// This rank's pieces. @return false if it was asked to stop
    bool run() {
        std::vector<std::int64_t> missing;
        std::vector<std::size_t> clips;
        for (std::int64_t piece = ranks_.rank(); piece < pieces_.count(); piece += ranks_.size()) {
            if (!pieces_.is_complete(piece)) {
                missing.push_back(piece);
                for (auto clip = pieces_.first_clip(piece); clip < pieces_.end_clip(piece); ++clip) {
                    clips.push_back(static_cast<std::size_t>(clip));
                }
            }
        }
        io::FilesAhead ahead{corpus_, std::move(clips)};
        try {
            return std::ranges::all_of(missing, [&](std::int64_t piece) { return make(piece, ahead); });
        } catch (...) {
            pieces_.tell_failure();
            throw;
        }
    }

private:
    bool make(std::int64_t piece, io::FilesAhead& ahead) {
        PieceBuilder builder{config_.coordinates, config_.layout.is_float16};
        const auto first = pieces_.first_clip(piece);
        for (auto clip = first; clip < pieces_.end_clip(piece); ++clip) {
            if (hooks_.stop_requested()) {
                return false;
            }
            read(clip, builder);
            ahead.done(++done_);
            if (!look_around(clip - first + 1)) {
                return false;
            }
        }
        if (builder.has_left_out() && hooks_.stop_requested()) {
            return false;  // what is asked to stop may fail for that reason
        }
        builder.write(pieces_.path(piece));
        return true;
    }

    void read(std::int64_t number, PieceBuilder& builder) {
        const auto& listed = corpus_.listing().clips[static_cast<std::size_t>(number)];
        try {
            auto clip = corpus_.read(static_cast<std::size_t>(number));
            cut(clip, listed);
            builder.add(number, clip,
                        is_rate(clip.fps)     ? clip.fps
                        : is_rate(listed.fps) ? listed.fps
                                              : config_.fps);
        } catch (const io::DataError& error) {
            builder.leave_out({.clip = listed.name, .reason = error.what()});
        } catch (const fs::filesystem_error& error) {
            builder.leave_out({.clip = listed.name, .reason = error.what()});
        } catch (const std::bad_alloc&) {
            builder.leave_out(
                {.clip = listed.name, .reason = listed.name + ": does not fit into the memory"});
        }
    }

    /// The other ranks' work is seen by the pieces that are there. @return false if one of them failed
    bool look_around(std::int64_t in_piece) {
        const auto now = std::chrono::steady_clock::now();
        if (now < next_look_) {
            return true;
        }
        next_look_ = now + std::chrono::milliseconds{500};
        if (ranks_.rank() == 0) {
            hooks_.progress(pieces_.clips_done() + in_piece,
                            static_cast<std::int64_t>(corpus_.listing().clips.size()));
        }
        return !pieces_.has_failed();
    }

    io::Corpus& corpus_;
    const ImportConfig& config_;
    const ImportPieces& pieces_;
    const dist::Communicator& ranks_;
    const ImportHooks& hooks_;
    std::size_t done_ = 0;  ///< clips
    std::chrono::steady_clock::time_point next_look_{};
};

/// Joins the pieces to a store.
class Joining {
public:
    Joining(const io::Listing& listing, const ImportConfig& config, const ImportPieces& pieces)
        : listing_{listing}, config_{config}, pieces_{pieces} {
        summary_.notes = listing.notes;
        summary_.left_out = listing.left_out;
    }

    ImportSummary run() {
        collect();
        if (index_.labels.empty()) {
            throw io::DataError{
                config_.output,
                fmt::format("not written, for none of the {} clips could be read; the first: {}",
                            listing_.clips.size(), summary_.left_out.front().reason)};
        }
        if (config_.strict && !summary_.left_out.empty()) {
            const auto& first = summary_.left_out.front();
            throw io::DataError{
                config_.output,
                fmt::format("not written, for {} clips would be left out and --strict asks for all; "
                            "the first, {}: {}",
                            summary_.left_out.size(), first.clip, first.reason)};
        }
        describe();
        io::write_store(config_.output, index_, source(), config_.layout);
        io::ClipStore::open({config_.output.string()});  // its index is checked as any reader's would be
        return std::move(summary_);
    }

private:
    /// Lengths and facts of all pieces.
    void collect() {
        std::string seen(io::import_points, '0');
        index_.offsets = {0};
        for (std::int64_t piece = 0; piece < pieces_.count(); ++piece) {
            const auto store = pieces_.open(piece);
            const auto& part = store.index();
            const auto facts = ImportPieces::facts_of(store);
            for (std::size_t clip = 0; clip < part.labels.size(); ++clip) {
                index_.offsets.push_back(index_.offsets.back() + part.offsets[clip + 1] - part.offsets[clip]);
                index_.ids.push_back(part.ids[clip]);
                index_.fps.push_back(part.fps[clip]);
                summary_.clips_without_frames += part.offsets[clip] == part.offsets[clip + 1] ? 1 : 0;
                index_.labels.push_back(-1);
            }
            summary_.left_out.insert(summary_.left_out.end(), facts.left_out.begin(), facts.left_out.end());
            for (const auto& [repair, clips] : facts.repairs) {
                summary_.repairs[repair] += clips;
            }
            summary_.clips_without_hands += facts.clips_without_hands;
            std::ranges::transform(seen, facts.seen_points, seen.begin(),
                                   [](char a, char b) { return std::max(a, b); });
        }
        for (std::size_t point = 0; point < seen.size(); ++point) {
            if (seen[point] == '0') {
                summary_.absent_points.push_back(io::holistic_point_names()[point]);
            }
        }
    }

    void describe() {
        index_.point_names = io::holistic_point_names();
        index_.coordinates = config_.coordinates;
        index_.attributes = listing_.attributes;
        for (const auto& [name, value] : config_.attributes) {
            index_.attributes[name] = value;
        }
        index_.attributes["coordinates"] = config_.coordinates == 2 ? "x,y" : "x,y,z";
        index_.attributes["clips_left_out"] = std::to_string(summary_.left_out.size());
        name_clips();
        name_labels();
        name_signers();
        name_splits();
        tell_frame_rate();
        summary_.clips = index_.clips();
        summary_.frames = index_.frames();
        summary_.labels = static_cast<std::int64_t>(index_.label_names.size());
        summary_.unlabelled = std::ranges::count(index_.labels, -1);
        summary_.signers = static_cast<std::int64_t>(index_.signer_names.size());
    }

    const io::ListedClip& listed(std::size_t clip) const {
        return listing_.clips[static_cast<std::size_t>(index_.ids[clip])];
    }

    void name_clips() {
        for (std::size_t clip = 0; clip < index_.ids.size(); ++clip) {
            index_.names.push_back(listed(clip).name);
        }
    }

    /// Numbers of the names that clips bear, -1 for an empty one; `names` grows by those it lacks, sorted.
    template <class NameOf>
    std::vector<std::int64_t> numbered(std::vector<std::string>& names, const NameOf& name_of) const {
        const std::set<std::string> known{names.begin(), names.end()};
        std::set<std::string> more;
        for (std::size_t clip = 0; clip < index_.ids.size(); ++clip) {
            if (const auto& name = name_of(listed(clip)); !name.empty() && !known.contains(name)) {
                more.insert(name);
            }
        }
        const auto first_new = static_cast<std::ptrdiff_t>(names.size());
        names.insert(names.end(), more.begin(), more.end());
        std::sort(names.begin() + first_new, names.end(), io::naturally_less);
        std::unordered_map<std::string, std::int64_t> numbers;
        for (const auto& name : names) {
            numbers.emplace(name, static_cast<std::int64_t>(numbers.size()));
        }
        std::vector<std::int64_t> result;
        for (std::size_t clip = 0; clip < index_.ids.size(); ++clip) {
            const auto& name = name_of(listed(clip));
            result.push_back(name.empty() ? -1 : numbers.at(name));
        }
        return result;
    }

    void name_labels() {
        std::set<std::string> once;
        for (const auto& label : listing_.labels) {
            if (once.insert(label).second) {
                index_.label_names.push_back(label);
            }
        }
        index_.labels = numbered(
            index_.label_names, [](const auto& clip) -> auto& { return clip.label; });
    }

    void name_signers() {
        index_.signers = numbered(
            index_.signer_names, [](const auto& clip) -> auto& { return clip.signer; });
    }

    void name_splits() {
        std::unordered_map<std::string, std::int64_t> places;
        for (std::size_t clip = 0; clip < index_.names.size(); ++clip) {
            places.emplace(index_.names[clip], static_cast<std::int64_t>(clip));
        }
        for (const auto& [split, names] : listing_.splits) {
            std::set<std::int64_t> clips;
            for (const auto& name : names) {
                if (const auto place = places.find(name); place != places.end()) {
                    clips.insert(place->second);
                }
            }
            index_.splits[split].assign(clips.begin(), clips.end());
            summary_.splits[split] = static_cast<std::int64_t>(clips.size());
        }
    }

    void tell_frame_rate() {
        std::set<double> rates{index_.fps.begin(), index_.fps.end()};
        const bool is_partial = rates.erase(0) > 0;
        if (rates.empty()) {
            index_.attributes["fps"] = "not recorded";
            index_.fps.clear();
            return;
        }
        index_.attributes["fps"] =
            (rates.size() == 1 ? fmt::format("{}", *rates.begin())
                               : fmt::format("{} to {}, by clip", *rates.begin(), *rates.rbegin())) +
            (is_partial ? ", unknown for some" : "");
    }

    /// Hands out the clips of the pieces one after another, as a writer asks for them.
    io::ClipSource source() const {
        struct Cursor {
            std::int64_t piece = -1;
            std::int64_t next = 0;  ///< clip within the piece
            std::optional<io::ClipStore> store{};
        };
        return [this, at = std::make_shared<Cursor>()](std::int64_t clip, std::span<float> out) {
            const auto number = index_.ids[static_cast<std::size_t>(clip)];
            const auto piece = number / config_.clips_per_piece;
            if (piece != at->piece) {
                *at = {.piece = piece, .next = 0, .store = pieces_.open(piece)};
            }
            const auto& ids = at->store->index().ids;
            while (ids[static_cast<std::size_t>(at->next)] != number) {
                ++at->next;
            }
            at->store->read(at->next, at->next + 1, out);
        };
    }

    const io::Listing& listing_;
    const ImportConfig& config_;
    const ImportPieces& pieces_;
    io::ClipIndex index_;
    ImportSummary summary_;
};

void refuse_names_given_twice(const io::Listing& listing, const fs::path& output) {
    std::set<std::string_view> names;
    for (const auto& clip : listing.clips) {
        if (!names.insert(clip.name).second) {
            throw io::DataError{output, "not written, for the corpus lists a clip twice: " + clip.name};
        }
    }
}

}  // namespace

ImportSummary import_corpus(io::Corpus& corpus, const ImportConfig& config, const dist::Communicator& ranks,
                            const ImportHooks& hooks) {
    const auto& listing = corpus.listing();
    const auto key = key_of(listing, config);
    auto folder = config.output;
    folder += ".pieces";
    ImportPieces pieces{folder, key, static_cast<std::int64_t>(listing.clips.size()), config.clips_per_piece};
    ImportSummary summary;

    const auto first_key = ranks.broadcast(key);
    agree(ranks, [&] {
        if (key != first_key) {
            throw io::DataError{config.output,
                                "the ranks see different corpora: is the folder the same on all nodes?"};
        }
        if (ranks.rank() == 0) {
            refuse_names_given_twice(listing, config.output);
            summary.found_done = pieces.begin(config.discards_others);
        }
    });

    bool is_done = true;
    agree(ranks, [&] { is_done = Reading{corpus, config, pieces, ranks, hooks}.run(); });
    std::int64_t unfinished = is_done ? 0 : 1;
    ranks.all_reduce_sum(std::span{&unfinished, 1});

    agree(ranks, [&] {
        if (ranks.rank() == 0 && unfinished == 0) {
            const auto all = static_cast<std::int64_t>(listing.clips.size());
            hooks.progress(all, all);
            const auto found_done = summary.found_done;
            summary = Joining{listing, config, pieces}.run();
            summary.found_done = found_done;
            pieces.remove();
        }
    });
    summary.is_stopped = unfinished > 0;
    return summary;
}

}  // namespace sslslr
