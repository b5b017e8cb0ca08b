#include "src/import/import_job.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <set>

#include <fmt/format.h>

#include "io/corpus/files_ahead.hpp"
#include "io/file/checksum.hpp"
#include "io/file/data_error.hpp"
#include "src/errors.hpp"
#include "src/import/clip_frames.hpp"
#include "src/import/import_pieces.hpp"
#include "src/import/join_pieces.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

constexpr double largest_fps = 1000;

/// Returns a hash of everything that affects the contents of the pieces.
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
    return fmt::format("{:016x} {} {} {} {}{}", sum.value(), config.coordinates,
                       config.layout.is_float16 ? "float16" : "float32", config.fps, config.clips_per_piece,
                       config.trims ? " trimmed" : "");
}

bool is_rate(double fps) {
    return fps > 0 && fps <= largest_fps;
}

class Reading {
public:
    Reading(io::Corpus& corpus, const ImportConfig& config, const ImportPieces& pieces,
            const dist::Communicator& ranks, const ImportHooks& hooks)
        : corpus_{corpus}, config_{config}, pieces_{pieces}, ranks_{ranks}, hooks_{hooks} {}

    /// Reads this rank's missing pieces.
    /// @return false if a stop was requested or another rank failed
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
            return false;  // the stop signal may itself have made clips fail
        }
        builder.write(pieces_.path(piece));
        return true;
    }

    void read(std::int64_t number, PieceBuilder& builder) {
        const auto& listed = corpus_.listing().clips[static_cast<std::size_t>(number)];
        try {
            auto clip = corpus_.read(static_cast<std::size_t>(number));
            cut_to_sign(clip, listed);
            const auto trimmed = config_.trims ? trim_to_hands(clip) : 0;
            builder.add(number, clip, trimmed,
                        is_rate(clip.fps)     ? clip.fps
                        : is_rate(listed.fps) ? listed.fps
                                              : config_.fps);
        } catch (const io::DataError& error) {
            builder.leave_out({.clip = listed.name, .reason = error.what()});
        } catch (const fs::filesystem_error& error) {
            builder.leave_out({.clip = listed.name, .reason = error.what()});
        } catch (const std::bad_alloc&) {
            builder.leave_out({.clip = listed.name, .reason = listed.name + ": does not fit into memory"});
        }
    }

    /// Reports progress (the other ranks' from their pieces) and checks for failed ranks, twice a second.
    /// @return false if another rank failed
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

void refuse_names_given_twice(const io::Listing& listing, const fs::path& output) {
    std::set<std::string_view> names;
    for (const auto& clip : listing.clips) {
        if (!names.insert(clip.name).second) {
            throw io::DataError{output, "not written, because the corpus lists a clip twice: " + clip.name};
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
            summary = join_pieces(listing, config, pieces, hooks);
            summary.found_done = found_done;
            pieces.remove();
        }
    });
    summary.is_stopped = unfinished > 0;
    return summary;
}

}  // namespace sslslr
