/**
 * The shapes that travel between the sandbox and this page, as Discord sends them. Types only: nothing runs here.
 *
 * @typedef {{id: string, name: string, username?: string, global_name?: string|null, bot?: boolean,
 *            role_names?: string[], colour?: number|string|null, online?: boolean}} User
 * @typedef {{id: string, name: string, type?: number, topic?: string|null, can_send?: boolean}} Channel
 * @typedef {{id: string, name: string, color?: number, colour?: number|string|null}} Role
 * @typedef {{name: string, value: string|number}} Choice
 * @typedef {{type: number, name: string, description?: string, required?: boolean, choices?: Choice[],
 *            autocomplete?: boolean, options?: Option[], min_value?: number, max_value?: number,
 *            min_length?: number, max_length?: number, channel_types?: number[]}} Option
 * @typedef {{id: string, name: string, type?: number, description?: string, options?: Option[],
 *            application_id?: string}} Command
 * @typedef {{path: string, description: string, options: Option[], command: Command}} Runnable
 * @typedef {{name?: string, id?: string|null, animated?: boolean}} Emoji
 * @typedef {{label: string, value: string, description?: string, emoji?: Emoji, default?: boolean}} SelectOption
 * @typedef {{type: number, id?: number, custom_id?: string, label?: string, description?: string, style?: number,
 *            emoji?: Emoji, url?: string, disabled?: boolean, placeholder?: string, options?: SelectOption[],
 *            min_values?: number, max_values?: number, min_length?: number, max_length?: number,
 *            required?: boolean, value?: string, default_values?: {id: string, type: string}[],
 *            components?: Component[], component?: Component, content?: string, accessory?: Component,
 *            media?: {url: string}, items?: {media: {url: string}, description?: string}[], file?: {url: string},
 *            spoiler?: boolean, accent_color?: number|null, divider?: boolean, spacing?: number}} Component
 * @typedef {{url: string, width?: number, height?: number, description?: string}} Media
 * @typedef {{title?: string, type?: string, url?: string, description?: string, color?: number|null,
 *            timestamp?: string, author?: {name: string, url?: string, icon_url?: string},
 *            footer?: {text: string, icon_url?: string}, image?: Media, thumbnail?: Media,
 *            fields?: {name: string, value: string, inline?: boolean}[]}} Embed
 * @typedef {{id: string, filename: string, size: number, url: string, content_type?: string,
 *            description?: string, width?: number, height?: number}} Attachment
 * @typedef {{id: string, type?: number, name?: string, user?: User}} InteractionOrigin
 * @typedef {{id: string, channel_id: string, type: number, author: User, content: string, timestamp: string,
 *            edited_timestamp?: string|null, flags?: number, embeds?: Embed[], attachments?: Attachment[],
 *            components?: Component[], interaction?: InteractionOrigin, interaction_metadata?: InteractionOrigin,
 *            message_reference?: {message_id?: string, channel_id?: string},
 *            referenced_message?: Message|null, mentions?: User[], mention_roles?: string[],
 *            mention_everyone?: boolean}} Message
 * @typedef {{title: string, custom_id: string, components: Component[]}} Modal
 * @typedef {{guild: {id: string, name: string}, channels: Channel[], roles: Role[], users: User[], me: User|string,
 *            bot: User, commands: Command[], messages: Record<string, Message[]>}} WorldState
 * @typedef {{t: string, id?: string, nonce?: string, state?: string, reason?: string, message?: Message,
 *            channel_id?: string, online?: boolean, interaction_id?: string, modal?: Modal}} SandboxEvent
 */

export {};
