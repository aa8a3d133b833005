"""What messages say, in Japanese. Names in braces are filled in; a command stands on its own."""

from typing import Final

TEXTS: Final = {
    "job_done": "ジョブ {name}:{count} か所で新しい証明書が有効になりました",
    "job_failed": "ジョブ {name}:{count} か所のうち {failed} か所が失敗しました",
    "job_stopped": "ジョブ {name} は停止されました:{done} か所は変更済み、{failed} か所は失敗",
    "rolled_back": "ジョブ {name}:{count} か所を元の証明書に戻しました",
    "rollback_failed": "ジョブ {name}:{count} か所のうち {failed} か所のロールバックに失敗しました",
    "missing": "証明書 {name} はあと {days} 日で期限切れになります。置き換える証明書がありません",
    "missing_ended": "証明書 {name} は期限切れです。置き換える証明書がありません",
    "stranger": "CAS にない証明書があと {days} 日で期限切れになります",
    "stranger_ended": "CAS にない証明書が期限切れです",
    "digest": "{count} 件の証明書に対応が必要です",
    "test": "{name} へのテストメッセージ",
    "test_done": "これを読める人に、certdeploy からこの連絡先への通知が届きます。",
    "certificate": "証明書 {identifier}({names})、有効期限 {until} UTC",
    "unknown_certificate": "証明書 {identifier}、有効期限 {until} UTC",
    "no_names": "ドメイン名は不明",
    "slots": "場所:",
    "failed": "失敗:{slot}:{reason}",
    "done": "完了:{slot}",
    "left": "変更なし:{slot}",
    "more": "…ほか {count} 件",
    "reason": "理由:{reason}",
    "again": "自然に解消しうるものは {at} UTC に再試行します。",
    "see_job": "確認:certdeploy job show {job}",
    "see_failed": "対応:理由を確認して取り除き、ジョブを作り直してください。元に戻す場合:",
    "do_missing": "対応:CAS で証明書を更新するか、同じドメイン名の証明書をアップロードし、次を実行:",
    "do_stranger": "対応:発行元で置き換えるか、同じドメイン名の証明書を CAS にアップロードし、次を実行:",
}
