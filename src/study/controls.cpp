#include "src/study/controls.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "src/settings/words.hpp"

namespace sslslr {

Settings base_options(const StudySpec& spec, std::int64_t data, std::int64_t run) {
    return with(with(spec.pretrain, spec.data[static_cast<std::size_t>(data)].settings),
                {{"seed", fmt::format("{}", spec.seed + static_cast<std::uint64_t>(run))}});
}

const Variant* supervised_protocol(const StudySpec& spec) {
    const auto found = std::ranges::find_if(spec.protocols, [](const Variant& protocol) {
        return protocol_kind(protocol.settings) == ProtocolKind::supervised;
    });
    return found == spec.protocols.end() ? nullptr : &*found;
}

std::vector<PlannedColumn> Controls::columns(const TableSpec& table, const Measure& measure) {
    const bool learns = measure.source == Measure::Source::labels &&
                        !identities_.is_frozen(named(spec_.protocols, table.protocol, "protocol").settings);
    const auto groups = methods_by_encoder(table);
    std::vector<PlannedColumn> columns;
    const auto add = [&](Control control, const std::string& title) {
        for (const auto& methods : groups) {
            auto& column = columns.emplace_back(PlannedColumn{word_of(control), title, control, methods});
            if (groups.size() > 1 && !methods.empty()) {
                column.name += "-" + methods.front();
                column.title += ", " + named(spec_.methods, methods.front(), "method").title;
            }
        }
    };
    add(Control::random, learns ? "From scratch" : "Random weights");
    if (measure.source != Measure::Source::embedding) {
        columns.push_back({word_of(Control::raw), "Raw skeletons, neighbours", Control::raw});
    }
    if (measure.source == Measure::Source::labels && supervised_protocol(spec_) != nullptr && !learns) {
        add(Control::supervised, "Supervised");
    }
    return columns;
}

/// Groups the methods of a table by their encoders. The group with the study's own encoder is an empty list.
std::vector<std::vector<std::string>> Controls::methods_by_encoder(const TableSpec& table) {
    const auto encoders_of = [&](const Variant& method) {
        std::string encoders;
        for (const auto& data : table.targets.empty() ? table.data : table.targets) {
            const auto number = &named(spec_.data, data, "data") - spec_.data.data();
            for (const auto& name : table.augmentations) {
                const auto& augmentation = named(spec_.augmentations, name, "augmentation");
                encoders += identities_.of_encoder(options(number, 0, method, augmentation));
            }
        }
        return encoders;
    };
    const auto own = encoders_of({});
    std::vector<std::string> known;
    std::vector<std::vector<std::string>> groups;
    for (const auto& name : table.methods) {
        const auto encoders = encoders_of(named(spec_.methods, name, "method"));
        const auto found = std::ranges::find(known, encoders) - known.begin();
        if (found == std::ssize(known)) {
            known.push_back(encoders);
            groups.emplace_back();
        }
        if (encoders != own) {
            groups[static_cast<std::size_t>(found)].push_back(name);
        }
    }
    return groups;
}

Settings Controls::options(std::int64_t data, std::int64_t run, const Variant& method,
                           const Variant& augmentation) {
    return with(base_options(spec_, data, run), encoder_settings(data, method, augmentation));
}

/// Returns the settings of the method and the augmentation that change the encoder.
const Settings& Controls::encoder_settings(std::int64_t data, const Variant& method,
                                           const Variant& augmentation) {
    const auto [found, is_new] = encoder_settings_.try_emplace({data, method.name, augmentation.name});
    if (is_new) {
        const auto base = base_options(spec_, data, 0);
        const auto of_base = identities_.of_encoder(base);
        const auto over = with(method.settings, augmentation.settings);
        std::ranges::copy_if(over, std::back_inserter(found->second), [&](const auto& setting) {
            auto all_entries = over;
            std::erase_if(all_entries, [&](const auto& other) { return other.first != setting.first; });
            return identities_.of_encoder(with(base, all_entries)) != of_base;
        });
    }
    return found->second;
}

}  // namespace sslslr
