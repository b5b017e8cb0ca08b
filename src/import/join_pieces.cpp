#include "src/import/join_pieces.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "io/corpus/folder_tree.hpp"
#include "io/corpus/point_order.hpp"
#include "io/file/counted.hpp"
#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"

namespace sslslr {
namespace {

/// Joins the pieces into a store.
class Joining {
public:
    Joining(const io::Listing& listing, const ImportConfig& config, const ImportPieces& pieces,
            const ImportHooks& hooks)
        : listing_{listing}, config_{config}, pieces_{pieces}, hooks_{hooks} {
        summary_.notes = listing.notes;
        summary_.left_out = listing.left_out;
    }

    ImportSummary run() {
        collect();
        if (index_.frames() == 0) {
            pieces_.remove();  // they hold nothing useful, and would make a corrected command fail
            throw io::DataError{config_.output, nothing_read()};
        }
        if (config_.strict && !summary_.left_out.empty()) {
            const auto& first = summary_.left_out.front();
            throw io::DataError{
                config_.output,
                fmt::format(
                    "not written, because {} would be left out and {} requires all; the first, {}: {}",
                    io::counted(std::ssize(summary_.left_out), "clip"), io::setting("strict"), first.clip,
                    first.reason)};
        }
        describe();
        io::write_store(config_.output, index_, source(), config_.layout);
        io::ClipStore::open({config_.output.string()});  // checks the index
        return std::move(summary_);
    }

private:
    std::string nothing_read() const {
        const auto advice = hooks_.advice();
        return (index_.labels.empty()
                    ? fmt::format("not written, because none of the {} clips could be read; the first: {}",
                                  listing_.clips.size(), summary_.left_out.front().reason)
                    : fmt::format("not written, because none of the {} clips holds a frame; the first: {}",
                                  index_.clips(), listed(0).name)) +
               (advice.empty() ? "" : "; " + advice);
    }

    /// Reads the lengths and facts of all pieces.
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
            summary_.clips_without_shoulders += facts.clips_without_shoulders;
            summary_.clips_trimmed += facts.clips_trimmed;
            summary_.frames_trimmed += facts.frames_trimmed;
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

    /// Returns the index in `names` of each clip's name, -1 for an empty one. Appends missing names to
    /// `names`, sorted.
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
        index_.signers = numbered(index_.signer_names, [this](const auto& clip) -> const std::string& {
            return clip.signer.empty() ? config_.signer : clip.signer;
        });
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

    /// Returns a source that reads the clips from the pieces in order, as the store writer requests them.
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
    const ImportHooks& hooks_;
    io::ClipIndex index_;
    ImportSummary summary_;
};

}  // namespace

ImportSummary join_pieces(const io::Listing& listing, const ImportConfig& config, const ImportPieces& pieces,
                          const ImportHooks& hooks) {
    return Joining{listing, config, pieces, hooks}.run();
}

}  // namespace sslslr
